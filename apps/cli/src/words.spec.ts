import { documentName, durationText, sentenceCase } from './words.js';

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
  expect(['prd', 'tech_spec', 'task_set', 'run_book'].map(documentName)).toEqual([
    'PRD',
    'Tech spec',
    'Tasks',
    'Run book',
  ]);
  expect(sentenceCase('non_functional_requirements')).toBe('Non functional requirements');
});
