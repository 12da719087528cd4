import { costText, documentName, durationText, sentenceCase } from './words.js';

it.each([
  [0.2, '1 s'],
  [48, '48 s'],
  [60, '1 min'],
  [95, '1 min 35 s'],
  [3600, '1 h'],
  [3650, '1 h 1 min'],
  [86_400, '24 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

it('documents have names, also those of later releases', () => {
  expect(['prd', 'tech_spec', 'task_set', 'run_book'].map((kind) => documentName(kind))).toEqual([
    'PRD',
    'Tech spec',
    'Tasks',
    'Run book',
  ]);
  expect(sentenceCase('non_functional_requirements')).toBe('Non functional requirements');
});

it.each([
  [12_345, 0, 'about 0.0123 USD'],
  [1_234_567, 0, 'about 1.23 USD'],
  [99, 0, 'less than 0.0001 USD'],
  [12_345, 2, 'about 0.0123 USD, and calls without a price'],
  [0, 2, 'less than 0.0001 USD, and calls without a price'],
  [null, 2, 'unpriced'],
  [0, 0, null],
])('%j micro-dollars and %d calls without a price are %j', (amount, unpriced_calls, text) => {
  expect(costText({ amount, currency: 'USD', unpriced_calls })).toBe(text);
});

it('where nothing was called there is no cost', () => {
  expect(costText(null)).toBeNull();
});
