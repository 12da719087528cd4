import { expect, it } from '@jest/globals';
import { actionWords, actorWords } from './audit-words.js';

it('has words for what was done, and shows what is not known', () => {
  expect([actionWords('api_key.create'), actionWords('moon.land')]).toEqual(['Made an API key', 'moon.land']);
});

it.each([
  ['local', 'Somebody on this machine'],
  ['key:0199f3a2-7c1e', 'Key CI'],
  ['key:0299f3a2-7c1e', 'Key 0299f3a2'],
  ['jwt:auth0|ada', 'auth0|ada'],
  ['ops:root', 'root, at the server’s terminal'],
])('%s is %s', (actor, words) => {
  expect(actorWords(actor, new Map([['0199f3a2-7c1e', 'CI']]))).toBe(words);
});
