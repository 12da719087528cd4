import { expect, it } from '@jest/globals';
import { namesFrom } from '../project/names.js';
import { amountWords, cardWords, costWords, outdatedBy, touchedBy } from './estimate-words.js';
import type { Cost, RunEstimate } from './types.js';

const cost = (amount: number | null, unpriced = 0): Cost => ({ amount, currency: 'USD', unpriced_calls: unpriced });
const NAMES = namesFrom([]);

it.each([
  [null, 'nothing'],
  [cost(0), '$0'],
  [cost(1_234), '$0.0012'],
  [cost(1_230_000), '$1.23'],
  [cost(null, 3), 'price unknown'],
  [cost(1_230_000, 1), '$1.23 and 1 call without a known price'],
])('says what %j is', (given, words) => {
  expect(costWords(given)).toBe(words);
});

it('says what a run takes', () => {
  const estimate = { input_tokens: 10_000, output_tokens: 345, cost: cost(20_000), seconds: 130 } as RunEstimate;
  expect(amountWords(estimate)).toBe('about 10,345 tokens, $0.02, 2 min');
});

it('names sections where a document is written in part', () => {
  const sections = [{ title: 'Goals' }];
  const documents = [
    { kind: 'prd', sections, carried: ['a', 'b'] },
    { kind: 'task_set', sections: [{ title: 'Tasks' }], carried: [] },
  ];
  expect(touchedBy({ documents } as unknown as RunEstimate, NAMES)).toEqual([
    { kind: 'prd', title: 'PRD', written: ['Goals'], count: 1, kept: 2 },
    { kind: 'task_set', title: 'Tasks', written: null, count: 1, kept: 0 },
  ]);
});

it('does not say the name of a document twice', () => {
  const affected = [
    { document: 'prd', sections: ['open_questions', 'goals'] },
    { document: 'task_set', sections: ['tasks'] },
  ];
  expect(outdatedBy({ affected } as RunEstimate, NAMES)).toEqual([
    { title: 'PRD', sections: ['Open questions', 'Goals'] },
    { title: 'Tasks', sections: [] },
  ]);
});

it('says what becomes of cards', () => {
  expect(cardWords(null)).toEqual([]);
  expect(cardWords({ may_change: 0, kept: 0, untouched: 0 })).toEqual(['New cards come onto the board']);
  expect(cardWords({ may_change: 12, kept: 1, untouched: 2 })).toEqual([
    '12 cards may change',
    '1 card edited by people kept, with the new text offered beside',
    '2 cards started, done or added by people left untouched',
  ]);
});
