import type { FailureCode } from '@planwright/contracts';
import {
  after,
  due,
  failed,
  generated,
  issued,
  lost,
  NOTES,
  openRun,
  START,
  started,
  stepOf,
  stopRequested,
} from '../test/example-run.js';
import { decideAll } from './decide.js';
import type { RunEvent } from './events.js';
import type { RunState } from './state.js';

const notes = openRun([NOTES]);
const begun = after(notes, [START]);

/** Fails the attempt that is current, waking the step first where it waits. */
function failAgain(state: RunState, code: FailureCode, more: { jitter?: number; resets_at?: string } = {}): RunState {
  const step = stepOf(state, 'a');
  const wake = step.status === 'delayed' ? [due('a', step.attempt, step.nextAttemptAt)] : [];
  const awake = after(state, wake);
  return after(awake, [failed('a', code, { attempt: stepOf(awake, 'a').attempt, ...more })]);
}

/** The waits a section goes through when it fails with the same code for ever (at most 6 of them), in seconds. */
function waits(code: FailureCode, run = begun, more: { jitter?: number; resets_at?: string } = {}): number[] {
  const found: number[] = [];
  for (let state = failAgain(run, code, more); found.length < 6; state = failAgain(state, code, more)) {
    const step = stepOf(state, 'a');
    if (step.status !== 'delayed') break;
    found.push(step.nextAttemptAt / 1000);
  }
  return found;
}

describe('waits between the tries of one section', () => {
  test.each<[FailureCode, number[]]>([
    ['overloaded', [10, 30, 60]],
    ['timeout', [10, 60]],
    ['connection', [10, 60]],
    ['server_error', [10, 60]],
    ['rate_limited', [10, 30, 60, 60, 60, 60]],
    ['too_large', []],
    ['billing', []],
    ['budget', []],
    ['auth', []],
    ['invalid_request', []],
    ['content_filtered', []],
    ['cancelled', []],
    ['no_input', []],
    ['dead_lettered', []],
  ])('%s: %j s', (code, expected) => {
    expect(waits(code)).toEqual(expected);
  });

  test.each<[FailureCode, number[]]>([
    ['timeout', [30]],
    ['overloaded', [30]],
    ['connection', [30]],
    ['server_error', [30]],
    ['rate_limited', [10, 30, 60, 60, 60, 60]],
    ['auth', []],
    ['invalid_request', []],
    ['too_large', []],
  ])('%s in a feature run: %j s', (code, expected) => {
    expect(waits(code, after(openRun([NOTES], { kind: 'feature' }), [START]))).toEqual(expected);
  });

  test.each([
    [0, 8],
    [0.25, 9],
    [0.999, 11.996],
  ])('are spread by a fifth: jitter %d makes 10 s into %d s', (jitter, expected) => {
    expect(waits('timeout', begun, { jitter })[0]).toBe(expected);
  });

  test.each<[FailureCode, string, number, number]>([
    ['rate_limited', '1970-01-01T00:00:20.000Z', 0, 20],
    ['rate_limited', '1970-01-01T00:00:20.000Z', 0.5, 22],
    ['rate_limited', '1970-01-01T00:00:00.100Z', 0, 5],
    ['rate_limited', '1969-12-31T00:00:00.000Z', 0, 5],
    ['rate_limited', '1970-01-09T00:00:00.000Z', 0.5, 86_400],
    ['overloaded', '1970-01-01T00:00:45.000Z', 0, 45],
    ['overloaded', '1970-01-01T00:00:02.000Z', 0.5, 10],
  ])('%s that names %s as its reset waits, with jitter %d, %d s', (code, resets_at, jitter, expected) => {
    expect(waits(code, begun, { jitter, resets_at })[0]).toBe(expected);
  });
});

describe('tries', () => {
  test('count over all kinds of failure', () => {
    const state = failAgain(failAgain(begun, 'timeout'), 'connection');
    expect(stepOf(state, 'a')).toMatchObject({ status: 'delayed', tries: 2 });
    expect(stepOf(failAgain(state, 'server_error'), 'a')).toMatchObject({
      status: 'failed',
      tries: 3,
      problem: { code: 'server_error' },
    });
  });

  test('are not used by a rate limit', () => {
    const state = failAgain(failAgain(failAgain(begun, 'rate_limited'), 'rate_limited'), 'timeout');
    expect(stepOf(state, 'a')).toMatchObject({ status: 'delayed', tries: 1, rateLimits: 2, attempt: 3 });
  });

  test('leave the failure to be read while the step waits', () => {
    const { effects } = decideAll(begun, failed('a', 'timeout'));
    expect(effects).toEqual([
      expect.objectContaining({
        type: 'step_postponed',
        reason: 'timeout',
        problem: expect.objectContaining({ code: 'timeout', detail: 'It broke.' }) as unknown,
      }),
    ]);
  });
});

describe('a repair', () => {
  const truncated = { code: 'truncated', detail: 'It broke.' };
  const repaired = issued('a', 60, { attempt: 2, tries: 1, repair: truncated });

  test.each<FailureCode>(['truncated', 'malformed'])('of %s is issued at once and told what was wrong', (code) => {
    expect(decideAll(begun, failed('a', code)).effects).toEqual([{ ...repaired, repair: { ...truncated, code } }]);
  });

  test.each<[FailureCode, FailureCode]>([
    ['truncated', 'truncated'],
    ['truncated', 'malformed'],
  ])('is made once: %s, then %s', (first, second) => {
    expect(stepOf(failAgain(failAgain(begun, first), second), 'a')).toMatchObject({
      status: 'failed',
      tries: 2,
      problem: { code: second },
    });
  });

  test('is made although tries were used for other failures', () => {
    const state = failAgain(failAgain(failAgain(begun, 'timeout'), 'connection'), 'truncated');
    expect(stepOf(state, 'a')).toMatchObject({ status: 'queued', tries: 3, attempt: 4, repair: truncated });
  });

  test('stays a repair when its worker is lost', () => {
    const { effects } = decideAll(after(begun, [failed('a', 'truncated'), started('a', 2)]), lost('a', 2));
    expect(effects).toEqual([stopRequested(['a', 2]), { ...repaired, attempt: 3, losses: 1 }]);
  });

  test('stays a repair when its connection breaks', () => {
    const state = failAgain(failAgain(begun, 'truncated'), 'connection');
    expect(stepOf(state, 'a')).toMatchObject({ status: 'delayed', repair: truncated });
  });
});

describe('provider time', () => {
  const failAt = (at: number, code: FailureCode, attempt = 1): RunEvent => failed('a', code, { attempt, at });

  test('adds up from start to failure, and the next try gets what is left', () => {
    const state = after(begun, [
      started('a', 1, 1_000),
      failAt(21_000, 'connection'),
      due('a', 1, 999_000),
      started('a', 2, 1_000_000),
    ]);
    expect(decideAll(state, failAt(1_015_000, 'overloaded', 2)).effects).toEqual([
      expect.objectContaining({ type: 'step_postponed', spentMs: 35_000, nextAttemptAt: 1_045_000 }),
    ]);
    const waiting = after(state, [failAt(1_015_000, 'overloaded', 2)]);
    expect(decideAll(waiting, due('a', 2, 2_000_000)).effects).toEqual([
      issued('a', 25, { attempt: 3, tries: 2, spentMs: 35_000 }),
    ]);
  });

  test('that is used up ends the section with its own failure', () => {
    const { state } = decideAll(after(begun, [started('a', 1, 0)]), failAt(59_500, 'timeout'));
    expect(stepOf(state, 'a')).toMatchObject({
      status: 'failed',
      problem: {
        code: 'timeout',
        detail: "It broke. No time for another try: 60 of the section's 60 s of provider time are used",
      },
    });
  });

  test('does not run while a limit refuses the call', () => {
    const state = after(begun, [started('a', 1, 0), failAt(59_500, 'rate_limited')]);
    expect(stepOf(state, 'a')).toMatchObject({ status: 'delayed', spentMs: 0 });
  });

  test('does not run backwards with the clock', () => {
    const state = after(begun, [started('a', 1, 5_000), failAt(1_000, 'connection')]);
    expect(stepOf(state, 'a')).toMatchObject({ spentMs: 0 });
  });

  test('of a step that was never seen to start is not counted', () => {
    expect(stepOf(after(begun, [failAt(50_000, 'connection')]), 'a')).toMatchObject({ spentMs: 0 });
  });
});

test('a retried section completes like any other', () => {
  const state = after(begun, [
    failed('a', 'timeout'),
    due('a', 1, 10_000),
    started('a', 2, 10_000),
    generated('a', 2, 14_000),
  ]);
  expect(stepOf(state, 'a')).toMatchObject({
    status: 'succeeded',
    tries: 1,
    attempt: 2,
    startedAt: 10_000,
    finishedAt: 14_000,
  });
});
