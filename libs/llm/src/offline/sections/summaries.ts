import { listed, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { codeName, deed, doer, first, many, one, sentence } from './wording.js';

export const executiveSummary: SectionWriter = (brief) => {
  const { functional, quality } = brief.requirements;
  return [
    {
      style: 'paragraphs',
      items: [
        `**${brief.name}** is for ${listed(brief.users)}. It lets ${doer(brief, 0)} ${deed(brief, 0)} and ${deed(brief, 1)} in one place.`,
        'Today this is done by hand and costs about 2 hours a week per person [ASSUMPTION]; what was agreed gets lost between messages and lists.',
        `The product gets people there in a few steps, keeps one state of every ${one(brief, 0)}, and lets every step be undone.`,
      ],
      least: 2,
    },
    {
      heading: 'In numbers',
      style: 'bullets',
      items: [
        `Target: 200 active ${first(brief)} after three months; 80 % finish what they start.`,
        'First milestone: the thin path on the real system after 2 weeks.',
        `Biggest risk: ${first(brief)} keep their old way; ten of them are with the team from week 1.`,
        ...(functional.length > 0
          ? [
              `Scope: ${functional.length} functional requirements and ${quality.length} quality levels, starting with “${functional[0]}”.`,
            ]
          : []),
        ...brief.constraints.slice(0, 2).map((constraint) => `Kept throughout: ${constraint}.`),
      ],
      least: 2,
    },
    {
      style: 'paragraphs',
      items: ['Asked of the reader: a yes to the first milestone, and the names of ten people for the first group.'],
    },
  ];
};

export const technicalSummary: SectionWriter = (brief) => {
  const { functional, quality } = brief.requirements;
  const stores = [...new Set([0, 1, 2].map((i) => `\`${codeName(brief, i)}\``))];
  return [
    {
      style: 'paragraphs',
      items: [
        `${upperFirst(brief.product)} is one process, one database and one worker. It is built around one journey, to ${deed(brief, 0)}, which is written in a single transaction and visible to others within 5 seconds.`,
        `Data: ${listed(stores)} with one state each, an append-only history and an outbox.`,
        `Interface: JSON over HTTP with one error shape, and an event stream for ${first(brief)} who watch.`,
      ],
      least: 2,
    },
    {
      heading: 'What it promises',
      style: 'bullets',
      items: [
        '95 of 100 answers within 800 ms, with 200 people at once.',
        'At most 15 minutes of work lost, back within 4 hours.',
        `No ${one(brief, 0)} readable without a right to it.`,
        ...brief.constraints.slice(0, 3).map(sentence),
        ...(functional.length > 0
          ? [`All of the PRD's ${functional.length} requirements, “${functional[0]}” first.`]
          : []),
        ...(quality.length > 0
          ? [`The levels of the PRD: ${listed(quality.slice(0, 4).map((level) => `“${level}”`))}.`]
          : []),
        'Old and new release run side by side; back within 5 minutes.',
      ],
      least: 3,
    },
    {
      heading: 'Where it could hurt',
      style: 'bullets',
      items: [
        `The rules for ${many(brief, 0)} are not decided yet; they shape tables and rights.`,
        `Load is a guess until ten ${first(brief)} have used it for a week.`,
        'One database is one thing that can fail: restore is rehearsed before the release.',
      ],
      least: 2,
    },
    {
      heading: 'Order of building',
      style: 'numbers',
      items: [
        `The thin path: one person can ${deed(brief, 0)} on the real system.`,
        'Rights on every read and write, with a test that tries each address as a stranger.',
        `The second step: ${doer(brief, 1)} can ${deed(brief, 1)}.`,
        'Load test, restore and a release that can be taken back.',
      ],
      least: 2,
    },
  ];
};
