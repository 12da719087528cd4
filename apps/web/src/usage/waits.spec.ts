import { expect, it } from '@jest/globals';
import { levelShare, levelWords, needsPerson, pauseWords, resourceWords, waitWords } from './waits.js';

it('has words for what is known, and shows what is not', () => {
  expect([resourceWords('input_tokens'), resourceWords('images')]).toEqual(['Tokens read', 'images']);
  expect([pauseWords('auth'), pauseWords('new')]).toEqual(['The provider refuses its key', 'Left alone (new)']);
  expect([waitWords('quota'), waitWords('new')]).toEqual(['its turn at the provider’s limit', 'another try (new)']);
});

it('says what there is of a limit', () => {
  expect(levelWords({ level: 1_200, per_minute: 200_000 })).toBe('1,200 ready now, 200,000 a minute');
  expect([levelShare({ level: 30, capacity: 60 }), levelShare({ level: 9, capacity: 0 })]).toEqual([0.5, 0]);
});

it('a refused key or account does not mend itself', () => {
  expect(['auth', 'billing', 'rate_limited'].map(needsPerson)).toEqual([true, true, false]);
});
