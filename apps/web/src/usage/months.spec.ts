import { expect, it } from '@jest/globals';
import { isIn, lastMonths } from './months.js';

it('goes back month by month, over the year’s beginning', () => {
  const months = lastMonths(Date.parse('2026-01-31T23:59:59Z'), 3);
  expect(months.map(({ id, title }) => [id, title])).toEqual([
    ['2026-01', 'January 2026'],
    ['2025-12', 'December 2025'],
    ['2025-11', 'November 2025'],
  ]);
  expect(months[1]).toMatchObject({ from: '2025-12-01', to: '2026-01-01' });
});

it('knows what is in a month', () => {
  const [month] = lastMonths(Date.parse('2026-11-22T00:00:00Z'), 1);
  const inside = [
    '2026-11-01T00:00:00.000Z',
    '2026-11-30T23:59:59.999Z',
    '2026-10-31T23:59:59.999Z',
    '2026-12-01T00:00:00.000Z',
  ];
  expect(month && inside.map((at) => isIn(month, at))).toEqual([true, true, false, false]);
});
