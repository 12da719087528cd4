import { listed, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { deed, doer, first, many, manyOf, one, second, sentence, title } from './wording.js';

export const technicalConsiderations: SectionWriter = (brief) => [
  { style: 'paragraphs', items: [`What a team should know before it designs ${brief.product}.`] },
  {
    heading: 'What is given',
    style: 'bullets',
    items: [
      ...brief.constraints.map(sentence),
      'The browser is the only client of the first release [ASSUMPTION].',
      `There are no earlier ${many(brief, 0)} to take over [ASSUMPTION].`,
    ],
    least: 2,
  },
  {
    heading: 'What deserves care',
    style: 'bullets',
    items: [
      `**${title(brief, 0)}**: Everything depends on this path; build and measure it first.`,
      `**States of ${many(brief, 0)}**: One table of allowed transitions serves interface and server alike.`,
      `**Two at once**: ${upperFirst(first(brief))} and ${second(brief)} work on the same ${one(brief, 0)}; a version number on each record decides.`,
      '**Messages out** (mail, push): The same message sent twice must do no harm.',
      "**Time**: Instants are stored in UTC and shown in the reader's zone.",
      `**Search** over ${listed(manyOf(brief, 2))}: The database is enough up to about 100,000 records.`,
      `**${title(brief, 1)}**: Others wait for the result, so its state has to be exact rather than quick.`,
    ],
    least: 3,
  },
  {
    heading: 'Depends on',
    style: 'bullets',
    items: [
      'A service that delivers mail; its failure delays, it does not block.',
      `A decision on who may see which ${one(brief, 0)}.`,
      'A place to run it, with backups.',
    ],
    least: 2,
  },
];

export const successMetrics: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `${upperFirst(brief.product)} is judged by what ${first(brief)} do, not by what they say. All targets hold three months after the first release [ASSUMPTION].`,
    ],
  },
  {
    style: 'table',
    columns: ['Metric', 'Today', 'Target', 'Measured by'],
    items: [
      `${upperFirst(first(brief))} active per week | 0 | 200 | accounts with a stored change`,
      `${title(brief, 0)}: finished of started | unknown | 80 % | events at start and end`,
      `Time ${doer(brief, 0)} need to ${deed(brief, 0)} | 10 min | 3 min | median of those events`,
      `Came back in week 4 | – | 40 % | accounts by week of first use`,
      `${title(brief, 1)}: per person and week | 0 | 2 | stored results`,
      `Open ${many(brief, 0)} older than 7 days | unknown | under 5 % | nightly count`,
      `Would recommend it | – | 30 of 50 asked | one question after the tenth use`,
    ],
    least: 4,
  },
  {
    heading: 'Must not get worse',
    style: 'bullets',
    items: [
      `Questions to support per 100 ${first(brief)} and month: at most 5.`,
      'Messages switched off: under 10 %; above that the product talks too much.',
      'Results corrected within a day: under 3 %; speed must not cost truth.',
      `Effort of ${second(brief)}: no more minutes per week than before.`,
    ],
    least: 2,
  },
  {
    heading: 'Reading them',
    style: 'paragraphs',
    items: [
      'One page shows them every Monday; whoever owns the product writes one sentence of consequence under it.',
      'A target missed twice in a row leads to a talk with five users before anything is built.',
    ],
  },
];
