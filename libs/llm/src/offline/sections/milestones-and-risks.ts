import { upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { constraintPart, deed, first, many, one, second, shortly, title } from './wording.js';

export const milestones: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `Lengths instead of dates, for a team of three [ASSUMPTION]; each milestone ends with something ${first(brief)} can use.`,
    ],
  },
  {
    style: 'table',
    columns: ['Milestone', 'Length', 'Done when'],
    items: [
      `M1 Thin path | 2 weeks | one person can ${deed(brief, 0)}, from start to end on the real system`,
      `M2 Everyday use | 4 weeks | ${first(brief)} can also ${deed(brief, 1)} and ${deed(brief, 2)}; wrong input is explained`,
      `M3 First group | 3 weeks | 10 ${first(brief)} use it for a week with real ${many(brief, 0)}`,
      `M4 First release | 3 weeks | quality levels are measured, restore is rehearsed, ${second(brief)} are on board`,
      `M5 Second step | 4 weeks | ${first(brief)} can ${deed(brief, 3)} and ${deed(brief, 4)}, shaped by the first group`,
    ],
    least: 4,
  },
  {
    heading: 'Order and dependencies',
    style: 'bullets',
    items: [
      `M1 waits for one decision: who may see which ${one(brief, 0)}.`,
      "M3 needs the first group's promise; asking starts during M1.",
      'Security and restore checks belong to M4 and cannot move behind the release.',
      `If time runs short, “${title(brief, 4)}” goes first; the thin path never does.`,
    ],
    least: 2,
  },
  {
    heading: 'Go or stop',
    style: 'paragraphs',
    items: [
      'After M3: if fewer than 5 of 10 come back in the second week, the team talks to all ten before it builds on.',
      'After M4: the success metrics decide whether M5 grows or repairs.',
    ],
  },
];

export const risks: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `What could make ${brief.product} fail, the most dangerous first. Chance and damage are low, medium or high.`,
    ],
  },
  {
    style: 'table',
    columns: ['Risk', 'Chance', 'Damage', 'What is done', 'First sign'],
    items: [
      `${upperFirst(first(brief))} keep their old way | high | high | first group from week 1, thin path first | fewer than 5 of 10 return`,
      `It takes too many steps to ${deed(brief, 0)} | medium | high | five tests with people before M2 | half stop half-way`,
      `Wrong or missing ${many(brief, 0)} | medium | high | checks at the input, undo, nightly counts | corrections above 3 %`,
      ...brief.constraints
        .slice(0, 2)
        .map(
          (constraint) => `Broken limit: ${shortly(constraint)} | low | high | proof in every release | a check fails`,
        ),
      `${upperFirst(second(brief))} feel bothered | low | medium | show only what they need, say why | messages switched off`,
      `The scope grows | high | medium | whatever comes in, something goes out | M1 takes longer than 3 weeks`,
      `One service outside fails | medium | low | queue, retry, a visible state | delivery later than 10 minutes`,
      ...brief.requirements.quality
        .slice(0, 1)
        .map(
          (level) =>
            `“${level}” is missed under load | medium | medium | load test before each release | slower week by week`,
        ),
    ],
    least: 4,
  },
  {
    heading: 'Accepted',
    style: 'bullets',
    items: [
      `The first release serves few ${first(brief)} at a time; growth comes after proof.`,
      'Some of the numbers here are assumptions until the first group has worked with it.',
    ],
    least: 2,
  },
];

export const appendix: SectionWriter = (brief) => [
  {
    heading: 'Words',
    style: 'table',
    columns: ['Word', 'Meaning here'],
    items: brief.things.map(
      ({ one: word }, i) =>
        `${upperFirst(word)} | ${['What the product keeps a state and a history of', 'Something people refer to by name', 'A detail of the above, never without it', 'A part of the main journey'][i % 4]}`,
    ),
    least: 3,
  },
  { heading: 'The idea as given', style: 'paragraphs', items: [`> ${brief.pitch}`] },
  ...constraintPart(brief, 'The constraints as given'),
  {
    heading: 'Assumptions',
    style: 'bullets',
    items: [
      `${upperFirst(first(brief))} have a phone or a computer with a browser.`,
      `About 200 ${first(brief)} take part in the first three months.`,
      'Somebody looks after the product for two hours a week.',
      `${upperFirst(second(brief))} are willing to be notified.`,
    ],
    least: 2,
  },
];
