import type { Part } from '../fit.js';
import { an, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { deed, doer, first, many, one, second, sentence, shortly } from './wording.js';

export const rollout: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `${upperFirst(brief.product)} starts without earlier data; every later change keeps the previous release running.`,
    ],
  },
  {
    heading: 'Steps',
    style: 'numbers',
    items: [
      'The team uses it for a week with its own data.',
      `Ten ${first(brief)} for two weeks; go on if 5 of them come back in the second.`,
      'A quarter of those who asked for it, then all; a switch per step.',
      `Announcement to ${second(brief)}, with a page on what changes for them.`,
    ],
    least: 3,
  },
  {
    heading: 'Changes of the tables',
    style: 'bullets',
    items: [
      'Forward only, in small steps: add, fill, use, and one release later remove.',
      'No step locks a table for more than a second; filling runs in portions.',
      'The new release refuses to start on tables it does not know, with one clear sentence.',
    ],
    least: 2,
  },
  {
    heading: 'Back again',
    style: 'bullets',
    items: [
      'The previous release is kept ready and takes over within 5 minutes.',
      `Stop signs: errors above 1 %, answers above 2 seconds, a single lost ${one(brief, 0)}.`,
      'Whoever sees a stop sign may go back without asking.',
    ],
    least: 2,
  },
];

export const decisions: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: ['Decisions that are expensive to change, each with what lost and what would reopen it.'],
  },
  ...(
    [
      [
        'One process and one database',
        `${many(brief, 0)} are consistent without coordination`,
        'several services: more to run than there is load',
        'more than 500 changes a second',
      ],
      [
        'State by a table of transitions',
        `${an(one(brief, 0))} behaves the same on every screen`,
        'free status fields: every screen would have its own truth',
        'states that teams define themselves',
      ],
      [
        'Outbox for everything that leaves',
        'no message without a committed change',
        'sending inside the request: lost or false messages',
        'a broker that takes part in transactions',
      ],
      [
        'Server decides, client shows',
        'two windows never disagree',
        'offline first: conflicts that people would have to solve',
        `${first(brief)} must be able to ${deed(brief, 2)} without a network`,
      ],
      [
        'Search in the database',
        'nothing more to run',
        'a search server: worth it from a million rows',
        'answers above 1 second',
      ],
      [
        'Browser only',
        'one client to build and test',
        'native apps: twice the work for the first release',
        'a need for camera or push that browsers do not meet',
      ],
    ] as const
  ).map(([name, why, lost, reopen], i): Part => ({
    heading: `${name}`,
    style: 'bullets',
    items: [`**Because**: ${sentence(why)}`, `**Lost**: ${sentence(lost)}`, `**Reopened by**: ${sentence(reopen)}`],
    least: i < 4 ? 3 : 1,
  })),
];

export const technicalQuestions: SectionWriter = (brief) => [
  { style: 'paragraphs', items: ['Open points, each with who can settle it and what is assumed until then.'] },
  {
    style: 'numbers',
    items: [
      `How many ${many(brief, 0)} does one of the ${first(brief)} have after a year? Settled by the first group; assumed: 50.`,
      `When ${doer(brief, 1)} ask to ${deed(brief, 1)}, must ${second(brief)} know within seconds? Settled by two talks; assumed: within 5.`,
      `Will anybody want to ${deed(brief, 2)} without a network? Settled by watching; assumed: no.`,
      ...brief.constraints
        .slice(0, 2)
        .map(
          (constraint) =>
            `What proves “${shortly(constraint)}”? Settled by its author; assumed: a line in the release checklist.`,
        ),
      `Which ${many(brief, 1)} come from elsewhere, in which form? Settled by a sample file; assumed: none.`,
      'Who runs it at night? Settled by the sponsor; assumed: nobody, so it must come back by itself.',
      'How long is history needed? Settled by law and owner; assumed: 2 years.',
    ],
    least: 3,
  },
];
