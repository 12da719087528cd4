import { expect, it } from '@jest/globals';
import { budgetView, costWords } from './money.js';

const cost = (amount: number | null, unpriced_calls = 0) => ({ amount, currency: 'USD' as const, unpriced_calls });

it.each([
  [null, '–'],
  [cost(1_820_000), '$1.82'],
  [cost(33_800), '$0.03'],
  [cost(1_820_000, 2), '$1.82 and 2 calls without a price'],
  [cost(null, 1), '1 call without a price'],
  [cost(0), '$0'],
])('says what %j is', (given, words) => {
  expect(costWords(given)).toBe(words);
});

it.each([
  [{ limit: 20_000_000, spent: 1_820_000, remaining: 18_180_000 }, 0.091, 'good', '$1.82 of $20.00 spent, $18.18 left'],
  [{ limit: 20_000_000, spent: 18_000_000, remaining: 2_000_000 }, 0.9, 'warn', '$18.00 of $20.00 spent, $2.00 left'],
  [{ limit: 1_000_000, spent: 1_100_000, remaining: 0 }, 1, 'bad', '$1.10 of $1.00 spent. Nothing is left'],
  [{ limit: 0, spent: 0, remaining: 0 }, 1, 'bad', '$0.00 of $0.00 spent. Nothing is left'],
])('says how far %j is used up', (budget, share, tone, words) => {
  const view = budgetView({ period: '2026-11', ...budget });
  expect(view).toMatchObject({ share, tone });
  expect(view.words.startsWith(words)).toBe(true);
});
