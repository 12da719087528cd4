import {
  after,
  blueprintOf,
  delayed,
  done,
  due,
  failed,
  generated,
  ignored,
  issued,
  lost,
  NOTES,
  openRun,
  stageBegan,
  START,
  started,
  stepOf,
  stopRequested,
} from '../test/example-run.js';
import { decide } from './decide.js';
import type { Effect } from './effects.js';
import type { RunState } from './state.js';

/** A run that writes `e`, made from all others, which were taken over. */
const summary = after(openRun([NOTES], { carried: { notes: ['a', 'b', 'c', 'd'] }, write: { notes: ['e'] } }), [START]);

/** A person asks for this section as well, while the run writes others. */
function joined(state: RunState, sectionId: string, stage = 1): RunState {
  const documents = state.documents.map((document) => {
    const unused = { attempt: 0, tries: 0, rateLimits: 0, spentMs: 0, losses: 0, repair: null };
    const added = { stepId: sectionId, sectionId, stage, ...unused, status: 'queued' as const };
    const carried = document.carried.filter((id) => id !== sectionId);
    return { ...document, carried, steps: [...document.steps, added] };
  });
  return { ...state, documents };
}

function held(stepId: string, at = 0, more: Partial<Extract<Effect, { type: 'step_postponed' }>> = {}): Effect {
  const unused = { tries: 0, rateLimits: 0, spentMs: 0, repair: null, problem: null };
  const wait = { nextAttemptAt: at + 60_000, reason: 'inputs', position: null };
  return { type: 'step_postponed', stepId, ...wait, ...unused, ...more };
}

describe('a section that is given to a run comes before those that use it', () => {
  it('one whose command is out is taken back, and goes out again when what was added is written', () => {
    const state = joined(summary, 'a');
    expect(decide(state, START)).toEqual([
      stopRequested(['e', 1]),
      held('e'),
      stageBegan('notes', 1, 'a'),
      issued('a'),
    ]);
    const next = after(state, [START, started('a')]);
    expect(decide(next, generated('e'))).toEqual(ignored('attempt_settled'));
    expect(decide(next, generated('a')).slice(2)).toEqual([
      stageBegan('notes', 3, 'e'),
      issued('e', 45, { attempt: 2 }),
    ]);
  });

  it('one that waits for an instant is held when it comes, and not called before', () => {
    const state = after(joined(after(summary, [delayed('e')]), 'a'), [START]);
    expect(decide(state, due('e', 1, 700))).toEqual([held('e', 700)]);
    const waiting = after(state, [due('e', 1, 700)]);
    expect(decide(waiting, { type: 'step_due', stepId: 'e', attempt: 1, at: 800, called: true })).toEqual(
      ignored('not_due'),
    );
    expect(decide(waiting, due('e', 1, 60_700))).toEqual([held('e', 60_700)]);
    expect(stepOf(after(waiting, done('a')), 'e')).toMatchObject({ status: 'queued', attempt: 2 });
  });

  it('one that is being written is left alone, and held if it has to be written again', () => {
    const state = after(joined(after(summary, [started('e')]), 'a'), [START]);
    expect(stepOf(state, 'e')).toMatchObject({ status: 'running', attempt: 1 });
    expect(decide(state, generated('e'))[0]).toMatchObject({ type: 'section_completed', stepId: 'e' });
    expect(decide(state, lost('e'))).toEqual([stopRequested(['e', 1]), held('e')]);
    const repair = { code: 'truncated', detail: 'It broke.' };
    expect(decide(state, failed('e', 'truncated', { at: 9_000 }))).toEqual([
      held('e', 9_000, { tries: 1, spentMs: 9_000, repair }),
    ]);
  });

  it('one that comes before it is left alone', () => {
    const first = after(openRun([NOTES], { carried: { notes: ['b', 'c', 'd', 'e'] }, write: { notes: ['a'] } }), [
      START,
    ]);
    expect(decide(joined(first, 'e', 3), START)).toEqual(ignored('already_so'));
  });

  it('sections that wait behind one of them wait with it', () => {
    const carried = { notes: ['a', 'b', 'e'] };
    const pair = after(openRun([NOTES], { carried, write: { notes: ['c', 'd'] }, cachesPrefix: true }), [START]);
    const state = joined(pair, 'a');
    expect(decide(state, START).slice(0, 3)).toEqual([stopRequested(['c', 1]), held('c'), held('d')]);
    const next = after(state, [START, ...done('a')]);
    expect(stepOf(next, 'c')).toMatchObject({ status: 'queued', attempt: 2 });
    expect(stepOf(next, 'd')).toMatchObject({ status: 'queued', attempt: 1 });
  });

  it('and if it fails, one that has nothing else to go by fails without a call', () => {
    const pair = blueprintOf('notes', [
      { mode: 'sequential', sections: { a: [] } },
      { mode: 'sequential', sections: { b: ['a'] } },
    ]);
    const writing = after(openRun([pair], { carried: { notes: ['a'] }, write: { notes: ['b'] } }), [START]);
    const state = after(joined(writing, 'a'), [START, started('a')]);
    const effects = decide(state, failed('a', 'content_filtered'));
    expect(effects.find(({ type }) => type === 'step_issued')).toBeUndefined();
    expect(effects).toContainEqual(expect.objectContaining({ type: 'section_failed', stepId: 'b' }));
  });
});
