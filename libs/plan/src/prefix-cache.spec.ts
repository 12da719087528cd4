import {
  after,
  behind,
  blueprintOf,
  CANCEL,
  cancelled,
  CHECK,
  completed,
  delayed,
  documentEnded,
  done,
  due,
  failed,
  generated,
  ignored,
  issued,
  lost,
  openRun,
  progressed,
  runCancelled,
  sectionCancelled,
  stageBegan,
  START,
  started,
  stepOf,
  stopRequested,
  streaming,
} from '../test/example-run.js';
import { decideAll } from './decide.js';
import type { Effect, IgnoreReason } from './effects.js';
import type { RunEvent } from './events.js';
import type { RunState } from './state.js';

/** One, then three side by side, then one from all of them. */
const FAN = blueprintOf('fan', [
  { mode: 'sequential', sections: { a: [] } },
  { mode: 'parallel', sections: { b: ['a'], c: ['a'], d: ['a'] } },
  { mode: 'sequential', sections: { e: ['a', 'b', 'c', 'd'] } },
]);
const cachesPrefix = true;
const fan = openRun([FAN], { cachesPrefix });
/** `b` goes first, `c` and `d` wait for it. */
const begun = [START, ...done('a')];
/** Both of them. */
const follow = [issued('c'), issued('d')];
const sectionFailed = (stepId: string) => expect.objectContaining({ type: 'section_failed', stepId }) as Effect;
const postponed = (stepId: string) => expect.objectContaining({ type: 'step_postponed', stepId }) as Effect;

interface Row {
  name: string;
  run?: RunState;
  given: RunEvent[];
  when: RunEvent;
  then: Effect[];
}

const first: Row[] = [
  {
    name: 'is issued, and the others wait for it, each until its instant',
    given: [START, started('a')],
    when: generated('a'),
    then: [
      completed('a'),
      progressed('fan', 1, 5),
      stageBegan('fan', 2, 'b', 'c', 'd'),
      issued('b'),
      behind('c'),
      behind('d'),
    ],
  },
  {
    name: 'is the first that is still to be written',
    run: openRun([FAN], { cachesPrefix, carried: { fan: ['a', 'b'] } }),
    given: [],
    when: START,
    then: [
      { type: 'run_began', at: 0 },
      { type: 'document_began', documentId: 'fan' },
      stageBegan('fan', 2, 'c', 'd'),
      issued('c'),
      behind('d'),
    ],
  },
  {
    name: 'is waited for by nobody when no other is to be written',
    run: openRun([FAN], { cachesPrefix, carried: { fan: ['a', 'b', 'd'] } }),
    given: [],
    when: START,
    then: [
      { type: 'run_began', at: 0 },
      { type: 'document_began', documentId: 'fan' },
      stageBegan('fan', 2, 'c'),
      issued('c'),
    ],
  },
  {
    name: 'is the first that has something to go by; what has nothing fails at once',
    run: openRun(
      [
        blueprintOf('fan', [
          { mode: 'sequential', sections: { a: [], x: [] } },
          { mode: 'parallel', sections: { b: ['a'], c: ['x'], d: ['a'], e: ['x'] } },
        ]),
      ],
      { cachesPrefix },
    ),
    given: [START, failed('a', 'auth'), started('x')],
    when: generated('x'),
    then: [
      completed('x'),
      progressed('fan', 1, 6),
      stageBegan('fan', 2, 'b', 'c', 'd', 'e'),
      sectionFailed('b'),
      issued('c'),
      sectionFailed('d'),
      behind('e'),
    ],
  },
  {
    name: 'is not waited for where the provider caches nothing',
    run: openRun([FAN]),
    given: [START, started('a')],
    when: generated('a'),
    then: [
      completed('a'),
      progressed('fan', 1, 5),
      stageBegan('fan', 2, 'b', 'c', 'd'),
      issued('b'),
      issued('c'),
      issued('d'),
    ],
  },
];

const followed: Row[] = [
  {
    name: 'streams',
    given: [...begun, started('b')],
    when: streaming('b'),
    then: [{ type: 'step_streamed', stepId: 'b' }, ...follow],
  },
  {
    name: 'streams before it is told that it was started',
    given: begun,
    when: streaming('b'),
    then: [{ type: 'step_began', stepId: 'b', at: 0 }, { type: 'step_streamed', stepId: 'b' }, ...follow],
  },
  {
    name: 'is complete before its first content was told',
    given: [...begun, started('b')],
    when: generated('b'),
    then: [completed('b'), progressed('fan', 2, 5), ...follow],
  },
  { name: 'fails', given: begun, when: failed('b', 'auth'), then: [sectionFailed('b'), ...follow] },
  {
    name: 'fails and will be tried again',
    given: [...begun, started('b')],
    when: failed('b', 'connection'),
    then: [postponed('b'), ...follow],
  },
  {
    name: 'fails and is repaired at once',
    given: [...begun, started('b')],
    when: failed('b', 'malformed'),
    then: [issued('b', 60, { attempt: 2, tries: 1, repair: { code: 'malformed', detail: 'It broke.' } }), ...follow],
  },
  { name: 'is delayed', given: begun, when: delayed('b'), then: [postponed('b'), ...follow] },
  { name: 'is cancelled', given: begun, when: cancelled('b'), then: [sectionCancelled('b'), ...follow] },
  {
    name: 'is lost',
    given: [...begun, started('b')],
    when: lost('b'),
    then: [stopRequested(['b', 1]), issued('b', 60, { attempt: 2, losses: 1 }), ...follow],
  },
];

const alone: Row[] = [
  {
    name: 'is issued when its instant has come, and no other with it',
    given: begun,
    when: due('c', 0, 3_000),
    then: [issued('c')],
  },
  {
    name: 'is issued when another one that did not wait longer streams',
    given: [...begun, due('c', 0, 3_000)],
    when: streaming('c'),
    then: [{ type: 'step_began', stepId: 'c', at: 0 }, { type: 'step_streamed', stepId: 'c' }, issued('d')],
  },
  {
    name: 'is issued with the first content after another one did not wait longer',
    given: [...begun, started('b'), due('d', 0, 3_000)],
    when: streaming('b'),
    then: [{ type: 'step_streamed', stepId: 'b' }, issued('c')],
  },
  {
    name: 'is not issued twice',
    given: [...begun, started('b'), due('c', 0, 3_000), due('d', 0, 3_000)],
    when: streaming('b'),
    then: [{ type: 'step_streamed', stepId: 'b' }],
  },
  {
    name: 'is retried like any other',
    given: [...begun, due('c', 0, 3_000), started('c')],
    when: lost('c'),
    then: [stopRequested(['c', 1]), issued('c', 60, { attempt: 2, losses: 1 }), issued('d')],
  },
  {
    name: 'is cancelled with the run, and the first one is told to stop',
    given: [...begun, started('b')],
    when: CANCEL,
    then: [
      { type: 'cancel_noted', at: 0 },
      stopRequested(['b', 1]),
      ...['c', 'd', 'e'].map((id) => sectionCancelled(id)),
    ],
  },
  {
    name: 'is not issued by what the first one says after a cancel',
    given: [...begun, started('b'), CANCEL],
    when: streaming('b'),
    then: [{ type: 'step_streamed', stepId: 'b' }],
  },
  {
    name: 'does not keep a run open that was cancelled',
    given: [...begun, started('b'), CANCEL],
    when: cancelled('b'),
    then: [sectionCancelled('b'), documentEnded('fan', 'cancelled'), runCancelled],
  },
];

const nothing: { name: string; given: RunEvent[]; when: RunEvent; because: IgnoreReason }[] = [
  { name: 'it is woken too early', given: begun, when: due('c', 0, 2_999), because: 'not_due' },
  {
    name: 'it is woken twice',
    given: [...begun, due('c', 0, 3_000)],
    when: due('c', 0, 3_000),
    because: 'stale_attempt',
  },
  {
    name: 'it is woken after it followed',
    given: [...begun, streaming('b')],
    when: due('c', 0, 3_000),
    because: 'stale_attempt',
  },
  {
    name: 'it is woken under an attempt it never had',
    given: begun,
    when: due('c', 1, 3_000),
    because: 'stale_attempt',
  },
  {
    name: 'it is woken after a cancel',
    given: [...begun, started('b'), CANCEL],
    when: due('c', 0, 3_000),
    because: 'step_ended',
  },
  { name: 'a step is woken whose turn has not come', given: begun, when: due('e', 0, 3_000), because: 'not_issued' },
  { name: 'it is started', given: begun, when: started('c'), because: 'not_issued' },
  { name: 'it brings a result', given: begun, when: generated('c'), because: 'not_issued' },
  { name: 'it is lost', given: begun, when: lost('c', 0), because: 'not_issued' },
  { name: 'it is delayed by a generator', given: begun, when: delayed('c', 0), because: 'not_issued' },
  { name: 'the run is checked', given: begun, when: CHECK, because: 'already_so' },
  {
    name: 'the run is checked while the first one runs',
    given: [...begun, started('b')],
    when: CHECK,
    because: 'already_so',
  },
  {
    name: 'first content is told twice',
    given: [...begun, streaming('b')],
    when: streaming('b'),
    because: 'already_so',
  },
];

const play = ({ run = fan, given, when }: Row) => decideAll(after(run, given), when).effects;

describe('of sections side by side, where the provider caches how prompts begin, the first one', () => {
  test.each(first)('$name', (row) => expect(play(row)).toEqual(row.then));

  test('is waited for at most 3 s from when the stage began', () => {
    const state = after(fan, [START, started('a'), generated('a', 1, 50_000)]);
    expect(stepOf(state, 'c')).toMatchObject({ status: 'delayed', attempt: 0, nextAttemptAt: 53_000, position: null });
  });

  test('is not passed by what it only begins', () => {
    expect(play({ name: '', given: begun, when: started('b'), then: [] })).toEqual([
      { type: 'step_began', stepId: 'b', at: 0 },
    ]);
  });
});

describe('the others are issued in the same decision when the first one', () => {
  test.each(followed)('$name', (row) => expect(play(row)).toEqual(row.then));
});

describe('a section that waits for the first one', () => {
  test.each(alone)('$name', (row) => expect(play(row)).toEqual(row.then));
});

describe('nothing happens to a section that waits for the first one when', () => {
  test.each(nothing)('$name', ({ given, when, because }) => {
    const state = after(fan, given);
    const decision = decideAll(state, when);
    expect(decision.effects).toEqual(ignored(because));
    expect(decision.state).toBe(state);
  });
});

test('a lost first content costs the wait and nothing else: the run ends as it would', () => {
  const late = [due('c', 0, 3_000), due('d', 0, 3_000)];
  const state = after(fan, [...begun, started('b'), ...late, generated('b'), ...done('c', 'd', 'e')]);
  expect(state.status).toBe('succeeded');
  expect(state.documents[0]?.steps.map(({ attempt, tries }) => [attempt, tries])).toEqual(Array(5).fill([1, 0]));
});

test('the estimate counts the wait', () => {
  const usual = new Map(['b', 'c', 'd', 'e'].map((id) => [id, 10_000]));
  const etaOf = (given: RunEvent[]) => {
    const effects = decideAll(after(fan, given), generated('b', 1, 1_000), usual).effects;
    return effects.find(({ type }) => type === 'progressed');
  };
  // `c` and `d` take 10 s, `e` another 10 s; in the second they have 2 s left to wait.
  const etas = [etaOf([...begun, streaming('b')]), etaOf(begun)];
  expect(etas).toMatchObject([{ etaSeconds: 20 }, { etaSeconds: 22 }]);
});
