import { expect, it } from '@jest/globals';
import { lazily } from './lazily.js';

it('makes a thing once, and not before it is asked for', () => {
  let times = 0;
  const thing = lazily(() => ({ nth: (times += 1) }));
  expect(times).toBe(0);
  expect(thing()).toBe(thing());
  expect(times).toBe(1);
});
