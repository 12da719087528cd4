import { expect, it } from '@jest/globals';
import { endOf, keyState } from './key-state.js';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const EARLIER = '2026-11-22T11:00:00.000Z';

it.each([
  [{ revoked_at: null, expires_at: null }, 'good'],
  [{ revoked_at: null, expires_at: '2026-11-22T13:00:00.000Z' }, 'good'],
  [{ revoked_at: null, expires_at: EARLIER }, 'expired'],
  [{ revoked_at: EARLIER, expires_at: EARLIER }, 'revoked'],
])('%j is %s', (key, state) => {
  expect(keyState(key, NOW)).toBe(state);
});

it.each([
  ['never', '', null],
  ['30', '', '2026-12-22T12:00:00.000Z'],
  ['date', '2027-01-31', '2027-01-31T23:59:59.999Z'],
  ['date', '', undefined],
] as const)('a key for %s %s ends %s', (lifetime, date, end) => {
  expect(endOf(lifetime, date, NOW)).toBe(end);
});
