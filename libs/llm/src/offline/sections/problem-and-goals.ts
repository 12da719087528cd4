import { listed, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { constraintPart, deed, doer, first, many, manyOf, one, second } from './wording.js';

export const problemStatement: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `${upperFirst(doer(brief, 0))} have no reliable way to ${deed(brief, 0)}. They get by with messages, lists and memory, and that fails when it matters most.`,
      `The idea in its author's words:\n\n> ${brief.pitch}`,
      `${upperFirst(brief.product)} is meant to end that: one place for ${listed(manyOf(brief, 3))}, with a state everybody sees.`,
    ],
    least: 2,
  },
  {
    heading: 'What goes wrong today',
    style: 'bullets',
    items: brief.capabilities.map(
      ({ title: lead }, i) =>
        `**${lead}**: ${
          [
            'Done by hand; about 10 minutes each time, several times a week [ASSUMPTION].',
            'What was agreed is written in three places, and two of them are out of date.',
            'Nobody notices that it was forgotten until somebody complains.',
            'The one person who knows how it works is asked again and again.',
            'A mistake is found late and costs a second round.',
            'Whoever starts new gives up before the first result.',
            'It works for the experienced and fails for everybody else.',
            'Two people do the same thing without knowing of each other.',
          ][i % 8]
        }`,
    ),
    least: 2,
  },
  {
    heading: 'What it costs',
    style: 'paragraphs',
    items: [
      `For ${first(brief)} the price is time and trust: an estimated 2 hours a week per person [ASSUMPTION]. For ${second(brief)} it is waiting without knowing for what.`,
      `Without a change the workaround becomes the habit, and every month adds ${many(brief, 0)} that nobody can bring together again.`,
    ],
  },
];

export const goals: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `${upperFirst(brief.product)} succeeds when ${first(brief)} use it for real work without being asked to. The goals stand in order: when two collide, the upper one wins.`,
    ],
  },
  {
    heading: 'Goals',
    style: 'numbers',
    items: brief.capabilities.map(
      ({ title: lead }, i) =>
        `**${lead}.** ${
          [
            `8 of 10 ${doer(brief, 0)} manage it on the first try, in under 3 minutes.`,
            'It takes half the effort of today, measured over four weeks.',
            `No ${one(brief, 0)} gets lost: each one has a state and an owner.`,
            `${upperFirst(second(brief))} know the result within one minute.`,
            '60 of 100 active people do it at least once a week.',
            'It needs no manual: 5 of 5 test persons get through alone.',
            'Fewer than 3 in 100 results have to be corrected.',
            'It works on a phone as well as on a computer.',
          ][i % 8]
        }`,
    ),
    least: 3,
  },
  {
    heading: 'Not goals',
    style: 'bullets',
    items: [
      `Replacing what ${second(brief)} already have and like; a connection to it can follow once it pays off.`,
      `Covering every special case of ${listed(manyOf(brief, 2))}: the ten most frequent ones come first.`,
      'Serving large organisations with their own rules.',
      'Earning money in the first release.',
    ],
    least: 2,
  },
  ...constraintPart(brief, 'Limits every goal keeps'),
];
