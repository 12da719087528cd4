import {
  after,
  CANCEL,
  cancelled,
  CHECK,
  completed,
  delayed,
  DIGEST,
  documentEnded,
  done,
  due,
  failed,
  generated,
  ignored,
  lost,
  NOTES,
  openRun,
  progressed,
  runCancelled,
  sectionCancelled,
  START,
  started,
  stepOf,
  streaming,
  stopRequested,
} from '../test/example-run.js';
import { decideAll } from './decide.js';
import type { Effect, IgnoreReason } from './effects.js';
import type { RunEvent } from './events.js';

const chain = openRun([NOTES, DIGEST]);
/** `c` runs, `d` is issued but not started, `e` and `f` have not had their turn. */
const midway = [START, ...done('a', 'b'), started('c')];
const stop = (...stepIds: string[]): Effect => stopRequested(...stepIds.map((stepId): [string, number] => [stepId, 1]));
const bothCancelled = [documentEnded('notes', 'cancelled'), documentEnded('digest', 'cancelled'), runCancelled];

describe('a cancel', () => {
  const rows: { name: string; given: RunEvent[]; when: RunEvent; then: Effect[] }[] = [
    {
      name: 'before the start ends the run at once',
      given: [],
      when: CANCEL,
      then: [
        { type: 'cancel_noted', at: 0 },
        ...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => sectionCancelled(id)),
        ...bothCancelled,
      ],
    },
    {
      name: 'stops what a generator may hold, cancels what waits, and lets the running step end',
      given: midway,
      when: CANCEL,
      then: [{ type: 'cancel_noted', at: 0 }, stop('c', 'd'), ...['d', 'e', 'f'].map((id) => sectionCancelled(id))],
    },
    {
      name: 'ends the run at once when its only open command was not started',
      given: [START],
      when: CANCEL,
      then: [
        { type: 'cancel_noted', at: 0 },
        stop('a'),
        ...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => sectionCancelled(id)),
        ...bothCancelled,
      ],
    },
    {
      name: 'of a delayed step needs no broadcast',
      given: [START, delayed('a')],
      when: CANCEL,
      then: [
        { type: 'cancel_noted', at: 0 },
        ...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => sectionCancelled(id)),
        ...bothCancelled,
      ],
    },
    {
      name: 'is done when the running step says so',
      given: [...midway, CANCEL],
      when: cancelled('c'),
      then: [sectionCancelled('c'), ...bothCancelled],
    },
    {
      name: 'keeps the section that was finished before the stop arrived',
      given: [...midway, CANCEL],
      when: generated('c'),
      then: [completed('c'), progressed('notes', 3, 5, 0), ...bothCancelled],
    },
    {
      name: 'turns a failure that would have been retried into a cancelled section',
      given: [...midway, CANCEL],
      when: failed('c', 'connection'),
      then: [sectionCancelled('c'), ...bothCancelled],
    },
    {
      name: 'turns a call that failed as cancelled into a cancelled section',
      given: [...midway, CANCEL],
      when: failed('c', 'cancelled'),
      then: [sectionCancelled('c'), ...bothCancelled],
    },
    {
      name: 'leaves a failure that nothing would have retried as it is',
      given: [...midway, CANCEL],
      when: failed('c', 'auth'),
      then: [expect.objectContaining({ type: 'section_failed', stepId: 'c' }) as Effect, ...bothCancelled],
    },
    {
      name: 'is done when the worker of the running step is lost',
      given: [...midway, CANCEL],
      when: lost('c'),
      then: [sectionCancelled('c'), ...bothCancelled],
    },
    {
      name: 'is done when the running step is put off',
      given: [...midway, CANCEL],
      when: delayed('c'),
      then: [sectionCancelled('c'), ...bothCancelled],
    },
    {
      name: 'reaches a generator that took the command after the broadcast',
      given: [...midway, CANCEL],
      when: started('d'),
      then: [stop('d')],
    },
    {
      name: 'reaches that generator even when the run has ended',
      given: [START, CANCEL],
      when: started('a'),
      then: [stop('a')],
    },
    {
      name: 'is broadcast again when the sweeper finds the step still running',
      given: [...midway, CANCEL],
      when: CHECK,
      then: [stop('c')],
    },
  ];
  test.each(rows)('$name', ({ given, when, then }) => {
    expect(decideAll(after(chain, given), when).effects).toEqual(then);
  });
});

describe('after a cancel nothing happens when', () => {
  const rows: { name: string; given: RunEvent[]; when: RunEvent; because: IgnoreReason }[] = [
    { name: 'it is asked for again', given: [...midway, CANCEL], when: CANCEL, because: 'already_requested' },
    { name: 'it is asked for at the end', given: [START, CANCEL], when: CANCEL, because: 'run_ended' },
    { name: 'the run is started', given: [CANCEL], when: START, because: 'run_ended' },
    {
      name: 'an ended run is cancelled',
      given: [START, failed('a', 'auth'), failed('b', 'auth')],
      when: CANCEL,
      because: 'run_ended',
    },
    {
      name: 'a cancelled step brings a result',
      given: [...midway, CANCEL],
      when: generated('d'),
      because: 'step_ended',
    },
    { name: 'a cancelled step streams', given: [...midway, CANCEL], when: streaming('d'), because: 'step_ended' },
    { name: 'a cancelled step says so', given: [...midway, CANCEL], when: cancelled('d'), because: 'step_ended' },
    {
      name: 'a step is started that never was issued',
      given: [...midway, CANCEL],
      when: started('e'),
      because: 'step_ended',
    },
    {
      name: 'a cancelled step is due',
      given: [START, started('a'), CANCEL],
      when: due('b', 0, 900),
      because: 'step_ended',
    },
  ];
  test.each(rows)('$name', ({ given, when, because }) => {
    const state = after(chain, given);
    const decision = decideAll(state, when);
    expect(decision.effects).toEqual(ignored(because));
    expect(decision.state).toBe(state);
  });
});

test('a run that waits for another one is cancelled like any that was not started', () => {
  const waiting = { ...openRun([DIGEST]), waiting: true };
  const { effects, state } = decideAll(waiting, CANCEL);
  expect(effects).toEqual([
    { type: 'cancel_noted', at: 0 },
    sectionCancelled('f'),
    documentEnded('digest', 'cancelled'),
    runCancelled,
  ]);
  expect(state).toMatchObject({ status: 'cancelled', waiting: false });
});

test('a run cancelled after a document was ready keeps that document ready', () => {
  const state = after(chain, [START, ...done('a', 'b', 'c', 'd', 'e'), started('f'), CANCEL, cancelled('f')]);
  expect(state.status).toBe('cancelled');
  expect(state.documents.map(({ status }) => status)).toEqual(['ready', 'cancelled']);
  expect(stepOf(state, 'e').status).toBe('succeeded');
});
