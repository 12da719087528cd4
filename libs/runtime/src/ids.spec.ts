import { nowIso } from './clock.js';
import { newId } from './ids.js';
import { childTraceparent, newTraceparent } from './trace-context.js';

it('mints version 7 ids that sort by time', () => {
  const ids = Array.from({ length: 200 }, newId);
  expect(new Set(ids).size).toBe(200);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('writes instants in UTC with milliseconds', () => {
  expect(nowIso({ now: () => 0 })).toBe('1970-01-01T00:00:00.000Z');
});

it('keeps the trace and changes the span', () => {
  const parent = newTraceparent();
  const child = childTraceparent(parent);
  expect(child.slice(0, 36)).toBe(parent.slice(0, 36));
  expect(child).not.toBe(parent);
  expect(childTraceparent('garbage')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});
