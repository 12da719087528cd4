import { usageQuery } from './usage.js';

it.each([
  [{}],
  [{ from: '2026-11-01' }],
  [{ from: '2026-11-01', to: '2026-11-02' }],
  [{ from: '2026-11-01T10:00:00Z', to: '2026-11-01T10:00:00.001Z' }],
])('takes %j', (query) => {
  expect(usageQuery.parse(query)).toEqual(query);
});

it.each([
  ['a month', { from: '2026-11' }, 'must be a day (2026-11-01) or an ISO 8601 instant in UTC'],
  ['a day there is not', { from: '2026-02-30' }, 'must be a day (2026-11-01) or an ISO 8601 instant in UTC'],
  ['a time without a zone', { to: '2026-11-01T10:00:00' }, 'must be a day (2026-11-01) or an ISO 8601 instant in UTC'],
  ['nothing between the two', { from: '2026-11-02', to: '2026-11-02T00:00:00.000Z' }, 'must be later than `from`'],
])('refuses %s', (_what, query, message) => {
  expect(usageQuery.safeParse(query).error?.issues.map((issue) => issue.message)).toEqual([message]);
});
