import { spanOf } from './read-usage.js';

const now = new Date('2026-12-31T23:59:59.999Z');

it.each([
  ['nothing asked', {}, '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['a day', { from: '2026-12-05', to: '2026-12-06' }, '2026-12-05T00:00:00.000Z', '2026-12-06T00:00:00.000Z'],
  ['a beginning', { from: '2026-03-05T10:00:00Z' }, '2026-03-05T10:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['the end of a month', { to: '2026-11-01' }, '2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
  ['an end within a month', { to: '2026-11-01T08:00:00Z' }, '2026-11-01T00:00:00.000Z', '2026-11-01T08:00:00.000Z'],
])('%s is a span', (_what, query, from, to) => {
  expect(spanOf(query, now)).toEqual({ from, to });
});

it('refuses a beginning after the end it does not name', () => {
  expect(() => spanOf({ from: '2027-01-01' }, now)).toThrow('?from must be earlier than 2027-01-01T00:00:00.000Z');
});
