import type { FailureCode } from '@planwright/contracts';
import {
  after,
  blueprintOf,
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
  issued,
  lost,
  NOTES,
  openRun,
  progressed,
  sectionCancelled,
  stageBegan,
  START,
  started,
  stepOf,
  stopRequested,
  streaming,
} from '../test/example-run.js';
import { decideAll } from './decide.js';
import type { Effect } from './effects.js';
import type { RunEvent } from './events.js';
import type { RunState } from './state.js';

const notes = openRun([NOTES]);
const chain = openRun([NOTES, DIGEST]);
const waiting: RunState = { ...notes, waiting: true };
const fail = (stepId: string, code: FailureCode = 'auth') => failed(stepId, code);
const ofType = (effects: readonly Effect[], type: Effect['type']) => effects.filter((effect) => effect.type === type);

interface Row {
  name: string;
  run?: RunState;
  given: RunEvent[];
  when: RunEvent;
  then: Effect[];
}

const begins: Row[] = [
  {
    name: 'a run begins with its first document, its first stage and that stage’s first section',
    run: chain,
    given: [],
    when: START,
    then: [
      { type: 'run_began', at: 0 },
      { type: 'document_began', documentId: 'notes' },
      stageBegan('notes', 1, 'a', 'b'),
      issued('a'),
    ],
  },
  {
    name: 'in a sequential stage the next section is issued when the one before it is complete',
    given: [START, started('a')],
    when: generated('a'),
    then: [completed('a'), progressed('notes', 1, 5), issued('b')],
  },
  {
    name: 'a failed section is skipped by the next one that has other inputs',
    run: openRun([blueprintOf('notes', [{ mode: 'sequential', sections: { a: [], b: ['a'], c: ['a', 'b'] } }])]),
    given: [START, ...done('a')],
    when: fail('b'),
    then: [expect.objectContaining({ type: 'section_failed', stepId: 'b', tries: 1 }) as Effect, issued('c')],
  },
  {
    name: 'a parallel stage issues all its sections at once',
    given: [START, ...done('a'), started('b')],
    when: generated('b'),
    then: [
      completed('b'),
      progressed('notes', 2, 5),
      stageBegan('notes', 2, 'c', 'd'),
      issued('c', 90),
      issued('d', 90),
    ],
  },
  {
    name: 'a stage waits for all sections of the one before it',
    given: [START, ...done('a', 'b'), started('c')],
    when: generated('c'),
    then: [completed('c'), progressed('notes', 3, 5)],
  },
  {
    name: 'the next stage starts when the last section of the one before it fails',
    given: [START, ...done('a', 'b', 'c')],
    when: fail('d'),
    then: [
      expect.objectContaining({ type: 'section_failed', stepId: 'd' }) as Effect,
      stageBegan('notes', 3, 'e'),
      issued('e', 45),
    ],
  },
  {
    name: 'a result overtakes the fact that it was started',
    given: [START],
    when: generated('a'),
    then: [completed('a'), progressed('notes', 1, 5), issued('b')],
  },
  {
    name: 'first content overtakes the fact that it was started',
    given: [START],
    when: streaming('a'),
    then: [
      { type: 'step_began', stepId: 'a', at: 0 },
      { type: 'step_streamed', stepId: 'a' },
    ],
  },
  {
    name: 'the last section of the last document ends the run',
    given: [START, ...done('a', 'b', 'c', 'd'), started('e')],
    when: generated('e'),
    then: [
      completed('e'),
      progressed('notes', 5, 5, 0),
      documentEnded('notes', 'ready'),
      { type: 'run_ended', status: 'succeeded', problem: null, at: 0 },
    ],
  },
  {
    name: 'a ready document lets the next one begin in the same decision',
    run: chain,
    given: [START, ...done('a', 'b', 'c', 'd'), started('e')],
    when: generated('e'),
    then: [
      completed('e'),
      progressed('notes', 5, 5, 0),
      documentEnded('notes', 'ready'),
      { type: 'document_began', documentId: 'digest' },
      stageBegan('digest', 1, 'f'),
      issued('f'),
    ],
  },
  {
    name: 'a lost step is issued under its next attempt, without using a try or provider time',
    given: [START, started('a')],
    when: lost('a', 1, 9_000),
    then: [stopRequested(['a', 1]), issued('a', 60, { attempt: 2, losses: 1 })],
  },
  {
    name: 'a worker that starts an attempt which was issued anew is told to stop',
    given: [START, lost('a')],
    when: started('a'),
    then: [stopRequested(['a', 1])],
  },
  {
    name: 'a worker that starts a section which is complete is told to stop',
    given: [START, generated('a')],
    when: started('a'),
    then: [stopRequested(['a', 1])],
  },
  {
    name: 'a worker that starts a section which failed is told to stop',
    given: [START, ...done('a'), fail('b')],
    when: started('b'),
    then: [stopRequested(['b', 1])],
  },
  {
    name: 'a worker that starts an older attempt of a section which is complete is told to stop',
    given: [START, lost('a'), generated('a', 2)],
    when: started('a'),
    then: [stopRequested(['a', 1])],
  },
  {
    name: 'a worker that starts an attempt which has given way already is told to stop',
    given: [START, delayed('a')],
    when: started('a'),
    then: [stopRequested(['a', 1])],
  },
  {
    name: 'a worker that starts a step of a run which has ended is told to stop',
    given: [START, fail('a'), fail('b')],
    when: started('b'),
    then: [stopRequested(['b', 1])],
  },
  {
    name: 'a lost command is issued again although nobody ever started it',
    given: [START],
    when: lost('a'),
    then: [stopRequested(['a', 1]), issued('a', 60, { attempt: 2 })],
  },
  {
    name: 'a step whose turn at the limiter has not come waits, without using a try',
    given: [START, started('a')],
    when: delayed('a'),
    then: [
      {
        type: 'step_postponed',
        stepId: 'a',
        nextAttemptAt: 700,
        reason: 'requests',
        position: 3,
        tries: 0,
        rateLimits: 0,
        spentMs: 0,
        repair: null,
        problem: null,
      },
    ],
  },
  {
    name: 'a delayed step is issued when its instant has come',
    given: [START, delayed('a')],
    when: due('a', 1, 700),
    then: [issued('a', 60, { attempt: 2 })],
  },
  {
    name: 'a delayed step is issued before its instant when the limiter has room for it',
    given: [START, delayed('a')],
    when: { ...due('a', 1, 300), called: true } as RunEvent,
    then: [issued('a', 60, { attempt: 2 })],
  },
  {
    name: 'a step that says it was cancelled although nobody asked ends, and the rest goes on',
    given: [START, ...done('a', 'b', 'c')],
    when: cancelled('d'),
    then: [sectionCancelled('d'), stageBegan('notes', 3, 'e'), issued('e', 45)],
  },
  {
    name: 'carried sections count as completed and their stages are passed over',
    run: openRun([NOTES], { carried: { notes: ['a', 'b', 'c', 'e'] } }),
    given: [],
    when: START,
    then: [
      { type: 'run_began', at: 0 },
      { type: 'document_began', documentId: 'notes' },
      stageBegan('notes', 2, 'd'),
      issued('d', 90),
    ],
  },
  {
    name: 'a document with nothing left to write ends as it begins',
    run: openRun([NOTES, DIGEST], { carried: { notes: ['a', 'b', 'c', 'd', 'e'] } }),
    given: [],
    when: START,
    then: [
      { type: 'run_began', at: 0 },
      { type: 'document_began', documentId: 'notes' },
      documentEnded('notes', 'ready'),
      { type: 'document_began', documentId: 'digest' },
      stageBegan('digest', 1, 'f'),
      issued('f'),
    ],
  },
];

const nothing: (Omit<Row, 'then'> & { because: Parameters<typeof ignored>[0] })[] = [
  { name: 'the run is started twice', given: [START], when: START, because: 'already_so' },
  { name: 'an ended run is started again', given: [START, fail('a'), fail('b')], when: START, because: 'run_ended' },
  {
    name: 'a step is reported of a run that was not started',
    given: [],
    when: generated('a'),
    because: 'run_not_started',
  },
  { name: 'a run that was not started is checked', given: [], when: CHECK, because: 'run_not_started' },
  { name: 'a healthy run is checked', given: [START], when: CHECK, because: 'already_so' },
  { name: 'an ended run is checked', given: [START, fail('a'), fail('b')], when: CHECK, because: 'run_ended' },
  { name: 'a step of another run is reported', given: [START], when: generated('zz'), because: 'unknown_step' },
  { name: 'a step is started twice', given: [START, started('a')], when: started('a'), because: 'already_so' },
  { name: 'first content is told twice', given: [START, streaming('a')], when: streaming('a'), because: 'already_so' },
  {
    name: 'the start is told after the first content',
    given: [START, streaming('a')],
    when: started('a'),
    because: 'already_so',
  },
  { name: 'a result comes twice', given: [START, generated('a')], when: generated('a'), because: 'step_ended' },
  { name: 'a failure follows the result', given: [START, generated('a')], when: fail('a'), because: 'step_ended' },
  {
    name: 'a result follows the failure',
    given: [START, ...done('a', 'b'), fail('c')],
    when: generated('c'),
    because: 'step_ended',
  },
  { name: 'a late worker brings a result', given: [START, lost('a')], when: generated('a'), because: 'stale_attempt' },
  { name: 'a late worker fails', given: [START, lost('a')], when: fail('a'), because: 'stale_attempt' },
  { name: 'a late worker waits', given: [START, lost('a')], when: delayed('a'), because: 'stale_attempt' },
  { name: 'a loss is told twice', given: [START, lost('a')], when: lost('a'), because: 'stale_attempt' },
  {
    name: 'an attempt is reported that was never issued',
    given: [START],
    when: generated('a', 7),
    because: 'stale_attempt',
  },
  { name: 'a step is reported before its turn', given: [START], when: generated('b', 1), because: 'not_issued' },
  { name: 'a step is lost before its turn', given: [START], when: lost('b', 0), because: 'not_issued' },
  { name: 'a delay is told twice', given: [START, delayed('a')], when: delayed('a'), because: 'attempt_settled' },
  {
    name: 'a delayed step is reported lost',
    given: [START, delayed('a')],
    when: lost('a'),
    because: 'attempt_settled',
  },
  {
    name: 'a step is started that failed without being issued',
    given: [START, fail('a'), fail('b')],
    when: started('c'),
    because: 'run_ended',
  },
  {
    name: 'an attempt is started that was never issued',
    given: [START],
    when: started('a', 2),
    because: 'stale_attempt',
  },
  {
    name: 'an attempt is started that was never issued, of a step that has ended',
    given: [START, generated('a')],
    when: started('a', 2),
    because: 'step_ended',
  },
  { name: 'a run that waits for another one is started', run: waiting, given: [], when: START, because: 'run_waiting' },
  { name: 'a run that waits for another one is checked', run: waiting, given: [], when: CHECK, because: 'run_waiting' },
  {
    name: 'a delayed attempt brings a result',
    given: [START, delayed('a')],
    when: generated('a'),
    because: 'attempt_settled',
  },
  {
    name: 'a delayed step is woken too early',
    given: [START, delayed('a')],
    when: due('a', 1, 699),
    because: 'not_due',
  },
  { name: 'a queued step is woken', given: [START], when: due('a', 1, 900), because: 'not_delayed' },
  { name: 'a running step is woken', given: [START, started('a')], when: due('a', 1, 900), because: 'not_delayed' },
  {
    name: 'a step is woken twice',
    given: [START, delayed('a'), due('a', 1, 700)],
    when: due('a', 1, 700),
    because: 'stale_attempt',
  },
  { name: 'an ended step is woken', given: [START, generated('a')], when: due('a', 1, 900), because: 'step_ended' },
  {
    name: 'a step is reported after the run has ended',
    given: [START, fail('a'), fail('b')],
    when: generated('b'),
    because: 'run_ended',
  },
];

describe('a run goes on', () => {
  test.each(begins)('$name', ({ run = notes, given, when, then }) => {
    expect(decideAll(after(run, given), when).effects).toEqual(then);
  });
});

describe('nothing happens when', () => {
  test.each(nothing)('$name', ({ run = notes, given, when, because }) => {
    const state = after(run, given);
    const decision = decideAll(state, when);
    expect(decision.effects).toEqual(ignored(because));
    expect(decision.state).toBe(state);
  });
});

describe('a step that takes its workers with it', () => {
  const loseWorkers = (times: number) =>
    Array.from({ length: times }, (_, i) => [started('a', i + 1), lost('a', i + 1)]).flat();

  test('is issued ten times more, then it fails', () => {
    expect(stepOf(after(notes, [START, ...loseWorkers(10)]), 'a')).toMatchObject({ status: 'queued', attempt: 11 });
    expect(stepOf(after(notes, [START, ...loseWorkers(11)]), 'a')).toMatchObject({
      status: 'failed',
      problem: { code: 'dead_lettered', detail: '11 workers were lost while writing it' },
    });
  });

  test('is not blamed for commands that were lost before anybody started', () => {
    const losses = Array.from({ length: 50 }, (_, i) => lost('a', i + 1));
    expect(stepOf(after(notes, [START, ...losses]), 'a')).toMatchObject({ status: 'queued', attempt: 51, losses: 0 });
  });
});

describe('sections without inputs', () => {
  test('a failed section of the same stage is skipped: the next one gets what there is', () => {
    const { effects } = decideAll(after(notes, [START]), fail('a'));
    expect(ofType(effects, 'step_issued').map((effect) => 'stepId' in effect && effect.stepId)).toEqual(['b']);
  });

  test('a step whose inputs all failed fails as no_input without being issued, and so on down the stages', () => {
    const { effects, state } = decideAll(after(notes, [START, fail('a')]), fail('b'));
    expect(effects.filter(({ type }) => type !== 'section_failed')).toEqual([
      stageBegan('notes', 2, 'c', 'd'),
      stageBegan('notes', 3, 'e'),
      documentEnded('notes', 'failed'),
      expect.objectContaining({ type: 'run_ended', status: 'failed' }),
    ]);
    expect(stepOf(state, 'c')).toMatchObject({
      status: 'failed',
      attempt: 0,
      tries: 0,
      problem: { code: 'no_input', detail: 'None of the sections it is made from was completed (A, B)' },
    });
  });

  test('one completed input is enough', () => {
    const { effects } = decideAll(after(notes, [START, ...done('a')]), fail('b'));
    expect(ofType(effects, 'step_issued').map((effect) => 'stepId' in effect && effect.stepId)).toEqual(['c', 'd']);
  });

  test('a carried input is enough', () => {
    const run = openRun([NOTES], { carried: { notes: ['b'] } });
    const { effects } = decideAll(after(run, [START]), fail('a'));
    expect(ofType(effects, 'step_issued')).toEqual([issued('c', 90), issued('d', 90)]);
  });

  test('a section that neither was carried nor is written is no input', () => {
    const run = openRun([NOTES], { write: { notes: ['c'] } });
    expect(decideAll(run, START).state).toMatchObject({ status: 'failed' });
  });
});

describe('a document that is not ready', () => {
  const partial = [START, ...done('a', 'b', 'c'), fail('d')];

  test('stops the chain in the same decision and says which sections failed', () => {
    const { effects, state } = decideAll(after(chain, partial), generated('e'));
    expect(effects).toEqual([
      completed('e'),
      progressed('notes', 4, 5, 0),
      documentEnded('notes', 'partial'),
      sectionCancelled('f', 'upstream_partial'),
      documentEnded('digest', 'cancelled'),
      {
        type: 'run_ended',
        status: 'partial',
        problem: {
          code: 'document_partial',
          title: 'The notes is incomplete',
          detail: '1 of 5 sections failed: D (The provider refused the key). Not started: The digest',
          advice: "Check the provider key and the model's access, then retry. What is finished is kept.",
          retryable: true,
        },
        at: 0,
      },
    ]);
    expect(stepOf(state, 'f')).toMatchObject({ status: 'cancelled', attempt: 0 });
  });

  test('failed altogether cancels what comes after it as upstream_failed', () => {
    const { effects, state } = decideAll(after(chain, [START, fail('a')]), fail('b'));
    expect(effects).toContainEqual(sectionCancelled('f', 'upstream_failed'));
    expect(state).toMatchObject({
      status: 'failed',
      problem: { code: 'document_failed', title: 'The notes could not be written' },
    });
  });

  test('ends a run of one document with the same words, without naming others', () => {
    const { state } = decideAll(after(notes, partial), generated('e'));
    expect(state.problem?.detail).toBe('1 of 5 sections failed: D (The provider refused the key)');
  });

  test('with a failure that no retry helps hands on the advice of that failure', () => {
    const { state } = decideAll(after(notes, [START, ...done('a', 'b', 'c'), fail('d', 'too_large')]), generated('e'));
    expect(state.problem).toMatchObject({ retryable: false, advice: expect.stringContaining('Shorten') as string });
  });

  test('is partial, not failed, when all it has was carried over', () => {
    const run = openRun([NOTES], { carried: { notes: ['a', 'b', 'c', 'd'] } });
    expect(decideAll(after(run, [START]), fail('e')).state).toMatchObject({ status: 'partial' });
  });

  test('is partial when an older failed section was not written again', () => {
    const run = openRun([NOTES], { carried: { notes: ['a', 'b', 'c'] }, write: { notes: ['d'] } });
    const { state } = decideAll(after(run, [START]), generated('d'));
    expect(state.problem?.detail).toBe('1 of 5 sections failed: E (failed earlier)');
  });
});
