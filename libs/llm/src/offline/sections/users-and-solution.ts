import type { Part } from '../fit.js';
import { listed, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { constraintPart, deed, doer, first, many, manyOf, one, second } from './wording.js';

export const targetUsers: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `${upperFirst(brief.product)} is made for ${listed(brief.users)}. When their wishes collide, ${first(brief)} decide: without them there is nothing for anybody else.`,
    ],
  },
  ...brief.users.map((user, i): Part => ({
    heading: upperFirst(user),
    style: 'bullets',
    items: [
      `**Situation**: They ${['come with a task in mind and little time', 'look in a few times a week, mostly on a phone', 'keep things in order for others', 'use it rarely and have forgotten how'][i % 4]}.`,
      `**Want**: ${i === 1 ? wantsOfSecond(brief.users.length, one(brief, 0)) : `To ${deed(brief, i * 2)} and to ${deed(brief, i * 2 + 1)}, and to know that it worked.`}`,
      `**Hurdle**: ${['Entering the same thing twice', 'Not knowing whether something has changed', 'Exceptions that fit no form', 'The fear of breaking something'][i % 4]}.`,
      `**Content when**: ${['It takes less time than the workaround', 'Nobody has to be asked for the state of things', 'A mistake can be undone', 'The first visit already brings a result'][i % 4]}.`,
    ],
    least: 2,
  })),
  {
    heading: 'Not for',
    style: 'bullets',
    items: [
      'People who only want reports: an export serves them.',
      `Companies with tens of thousands of ${many(brief, 0)} a day: the first release is not built for that.`,
      'Strangers without an account: there is nothing to see in public.',
    ],
  },
];

function wantsOfSecond(users: number, thing: string): string {
  const what = `To see the state of each ${thing} without asking, and to step in when something goes wrong`;
  return users > 2 ? `${what}; the same view serves everybody who waits for a result.` : `${what}.`;
}

export const proposedSolution: SectionWriter = (brief) => {
  const steps = [
    'the product asks only for what it cannot know',
    'what is missing or wrong is named at the field',
    'a preview shows what will change',
  ];
  const later = brief.capabilities.slice(4).map((_, i) => deed(brief, i + 4));
  return [
    {
      style: 'paragraphs',
      items: [
        `**${brief.name}** gives ${first(brief)} one place where they can ${deed(brief, 0)} and ${deed(brief, 1)}.`,
        `At its heart are ${listed(manyOf(brief, 3))}: each has one state, one history and a list of people who may change it. Everything else follows from that.`,
      ],
      least: 2,
    },
    {
      heading: 'How it works',
      style: 'numbers',
      items: [
        `${upperFirst(first(brief))} open ${brief.product} and see what waits for them.`,
        ...brief.capabilities.slice(0, 3).map((_, i) => `They choose to ${deed(brief, i)}; ${steps[i]}.`),
        'Every change is stored before it is shown, and the people concerned are told.',
        `${upperFirst(second(brief))} see the new state without reloading and answer if they have to.`,
      ],
      least: 4,
    },
    {
      heading: 'What is different about it',
      style: 'bullets',
      items: [
        `It starts with the thing people come for, which is to ${deed(brief, 0)}, instead of with administration.`,
        'Every step can be undone, so trying costs nothing.',
        `It says what it does not know: an uncertain ${one(brief, 0)} is marked as such.`,
        'Everything can be taken along: export is part of the first release.',
      ],
      least: 2,
    },
    {
      heading: 'In the first release',
      style: 'bullets',
      items: [
        `Complete, on phone and computer: ${listed([0, 1, 2, 3].map((i) => deed(brief, i)))}.`,
        `Rights, history, undo and export for ${listed(manyOf(brief, 2))}.`,
        `Later: ${listed(later)}.`,
        `Not planned: payment, chat and automation around ${many(brief, 0)} unless the idea names them [ASSUMPTION].`,
      ],
      least: 2,
    },
    {
      heading: 'A first visit',
      style: 'paragraphs',
      items: [
        `Somebody from among the ${doer(brief, 0)} arrives with one wish: to ${deed(brief, 0)}. Two minutes and at most five inputs later it is done, stored and visible to the people concerned; everything else can wait for the second visit.`,
      ],
    },
    ...constraintPart(brief, 'Limits it keeps'),
  ];
};
