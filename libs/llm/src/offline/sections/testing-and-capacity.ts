import { an, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { deed, first, many, one, sentence } from './wording.js';

export const testing: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [`A test exists for every promise made to ${first(brief)}; what is not promised is not tested twice.`],
  },
  {
    heading: 'Levels',
    style: 'table',
    columns: ['Level', 'What', 'When'],
    items: [
      `Rules | transitions of ${an(one(brief, 0))}, rights, limits; in memory | every save`,
      'Storage | queries against a real database | every commit',
      `Journey | ${deed(brief, 0)}, then ${deed(brief, 1)}, in a browser | every commit`,
      'Load | 200 people, 30 minutes, full volume | every release',
      'Restore | backup to an empty machine | every quarter',
    ],
    least: 3,
  },
  {
    heading: 'Cases that must not be missing',
    style: 'bullets',
    items: [
      ...brief.capabilities
        .slice(0, 4)
        .map(
          ({ title: lead }, i) =>
            `**${lead}**: ${['Twice in a row, and from two windows at once', 'Without the right to it', 'With the longest and the emptiest input', 'With the network cut in the middle'][i % 4]}.`,
        ),
      `Export, deletion and import of one account give the same ${many(brief, 0)}.`,
      'The previous release runs on the new tables.',
    ],
    least: 3,
  },
  {
    heading: 'Data and places',
    style: 'bullets',
    items: [
      'Test data is made, never copied from people.',
      'A test brings its own database and leaves nothing behind.',
    ],
  },
];

export const capacity: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: ['Numbers to design for; where none was given, the likeliest stands here [ASSUMPTION].'],
  },
  {
    style: 'table',
    columns: ['Quantity', 'First release', 'Limit of this design'],
    items: [
      `${upperFirst(first(brief))} at once | 200 | 2,000`,
      `Changes per second, peak | 20 | 500`,
      `${upperFirst(many(brief, 0))} | 100,000 | 5 million`,
      `Database | 2 GB | 200 GB`,
      `Time to ${deed(brief, 0)}, server's share, 95 of 100 | 800 ms | 1.5 s`,
      `Open event streams | 200 | 5,000`,
    ],
    least: 4,
  },
  {
    heading: 'Where the time goes',
    style: 'bullets',
    items: [
      'Network 100 ms, rights and input 20 ms, one transaction 50 ms, the rest is reserve.',
      `The list of ${many(brief, 0)} is the most frequent read: one index, 50 rows a page, no counting.`,
      'Messages and counts run in the worker and cost the person nothing.',
    ],
    least: 2,
  },
  {
    heading: 'Proof',
    style: 'bullets',
    items: [
      'The load test runs at peak for 30 minutes on the full volume, before each release.',
      `Above 70 % of a limit for a week, the team plans the next size.`,
      ...brief.constraints.slice(0, 2).map((constraint) => `**Given**: ${sentence(constraint)}`),
    ],
  },
];
