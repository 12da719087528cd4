import { expect, it } from '@jest/globals';
import { toggled } from './toggled.js';

it('adds what is not there and takes out what is', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});
