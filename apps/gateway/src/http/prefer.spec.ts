import { readPreferences } from './prefer.js';

it.each([
  [undefined, null],
  ['respond-async', null],
  ['wait=10', 10],
  ['respond-async, wait=5', 5],
  ['wait="7"; foo', 7],
  ['Wait = 3', 3],
  ['wait=3600', 60],
  ['wait=0', 0],
  ['wait=-1', null],
  ['wait=soon', null],
  ['wait=1, wait=2', 1],
])('%s: waits %s s', (header, seconds) => expect(readPreferences(header).waitSeconds).toBe(seconds));

it.each([
  [undefined, false, false],
  ['respond-async, return=minimal', true, true],
  ['Respond-Async', true, false],
  ['return="minimal"', false, true],
  ['return=representation', false, false],
  ['return=representation, return=minimal', false, false],
  ['handling=strict', false, false],
])('%s: asynchronous %s, without a body %s', (header, respondAsync, minimal) => {
  expect(readPreferences(header)).toMatchObject({ respondAsync, minimal });
});
