import { expect, it } from '@jest/globals';
import { PlanwrightError } from '@planwright/client';
import { importFailure, readBundle } from './read-bundle.js';

it('takes a backup', () => {
  expect(readBundle('{"schema":"planwright.bundle/1","project":{}}')).toMatchObject({ ok: true });
});

it.each(['', 'PK\u0003', '{"schema":"planwright.bundle/1"'])('says that %j is not JSON', (text) => {
  expect(readBundle(text)).toMatchObject({ ok: false, why: expect.stringContaining('not JSON') });
});

it.each(['null', '[]', '"planwright.bundle/1"', '{"schema":1}', '{"schema":"other"}'])(
  'says that %s is something else',
  (text) => {
    expect(readBundle(text)).toMatchObject({ ok: false, why: expect.stringContaining('not a backup') });
  },
);

it('says the first fault, and how many more there are', () => {
  const fault = (pointer: string) => ({ pointer, code: 'invalid', message: 'must be a list' });
  const refusal = (...errors: ReturnType<typeof fault>[]) =>
    new PlanwrightError({
      ...{ type: '', title: '', status: 400, code: 'invalid_request', detail: 'All of them.', advice: 'Look.', errors },
    });
  expect(importFailure(refusal(fault('/tasks')))).toContain('at /tasks, must be a list.');
  expect(importFailure(refusal(fault('/a'), fault('/b'), fault('/c')))).toMatch(/, and 2 more faults\.$/);
  expect(importFailure(refusal())).toBe('All of them. Look.');
  expect(importFailure(new Error('Too large.'))).toBe('Too large.');
});
