import { an, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { deed, first, many, one, sentence, shortly } from './wording.js';

/** Title, level, statement, and how it is measured. */
type Row = readonly [name: string, level: 'must' | 'should', statement: string, measure: string];

/** Of constraints, in turn: what is said again and again reads like a fault. */
const MEASURES = [
  'a line of the release checklist.',
  'a review with whoever asked for it, before the release.',
  'the person who answers for it, in writing.',
  'a look at the running system once a month.',
];
const HOLDS = [
  'Holds for every part of the first release, test systems included.',
  'No part of the first release is exempt from it.',
  'Whatever contradicts it waits for a later release.',
];

export const nonFunctionalRequirements: SectionWriter = (brief) => {
  const levels: Row[] = [
    [
      'Response time',
      'must',
      `95 of 100 answers arrive within 800 ms while 200 ${first(brief)} work at once [ASSUMPTION].`,
      'a load test of 30 minutes before each release.',
    ],
    [
      'Availability',
      'must',
      '99.5 % per month, planned work outside busy hours [ASSUMPTION].',
      'an outside probe every minute.',
    ],
    ...brief.constraints.map((constraint, i): Row => [
      shortly(constraint),
      'must',
      proof(constraint, i),
      MEASURES[i % MEASURES.length] ?? '',
    ]),
    [
      'Data protection',
      'must',
      `Only what is needed to ${deed(brief, 0)} is stored about ${first(brief)}; it is deleted 30 days after the account.`,
      'a test that exports and deletes one account.',
    ],
    [
      'Access',
      'must',
      `Nobody reads ${an(one(brief, 0))} of others without a right to it; every refusal is logged.`,
      'a test that tries every address with a foreign account.',
    ],
    [
      'Recovery',
      'must',
      'At most 15 minutes of work are lost after a total failure, and it runs again within 4 hours.',
      'a restore rehearsed every quarter.',
    ],
    [
      'Accessibility',
      'should',
      'Every page of the main journey meets WCAG 2.2 level AA.',
      'keyboard, screen reader and contrast checks per release.',
    ],
    [
      'Volume',
      'should',
      `An installation holds 100,000 ${many(brief, 0)} without a change of design.`,
      'the load test on that volume.',
    ],
    [
      'Devices',
      'should',
      'The two latest versions of the four usual browsers work, from 360 pixels of width.',
      'the end-to-end test on the narrowest and the widest screen.',
    ],
  ];
  return [
    {
      style: 'paragraphs',
      items: [`How well ${brief.product} must do its work. Where nobody gave a number, the likeliest stands here.`],
    },
    {
      style: 'bullets',
      items: levels.map(([name, level, rule, measure]) => `**${name}** (${level}): ${rule} Measured by ${measure}`),
      least: Math.min(5, levels.length),
    },
    {
      heading: 'Deliberately modest',
      style: 'bullets',
      items: [
        'No operation around the clock: a failure at night is repaired in the morning.',
        'One language: that of the idea.',
        `No work without a network: ${first(brief)} are told so instead of losing input.`,
      ],
    },
  ];
};

/** The whole constraint where its title had to be cut; what it means where not. */
function proof(constraint: string, i: number): string {
  return shortly(constraint) === upperFirst(constraint) ? (HOLDS[i % HOLDS.length] ?? '') : sentence(constraint);
}
