import { decideAll } from '../../src/decide.js';
import type { Effect } from '../../src/effects.js';
import type { RunEvent } from '../../src/events.js';
import { evolve } from '../../src/evolve.js';
import type { RunState } from '../../src/state.js';
import { findStep, openSteps } from '../../src/steps.js';
import type { Machine } from './scenario.js';

/** Machines with one known mistake each: a search that does not find it proves nothing. */
export const BROKEN = {
  ignoresTheFence: (state, event) => {
    const step = event.type === 'step_generated' ? findStep(state, event.stepId)?.step : undefined;
    if (event.type !== 'step_generated' || !step || step.attempt === 0) return decideAll(state, event);
    return decideAll(state, { ...event, attempt: step.attempt });
  },
  doesNotIssueLostSteps: (state, event) => (event.type === 'step_lost' ? ignoring(state) : decideAll(state, event)),
  takesResultsAfterTheEnd: (state, event) => {
    const step = event.type === 'step_generated' ? findStep(state, event.stepId)?.step : undefined;
    if (step?.status !== 'failed' && step?.status !== 'cancelled') return decideAll(state, event);
    return leadingTo(state, [{ type: 'section_completed', stepId: step.stepId, startedAt: 0, at: event.at }]);
  },
  issuesUnderTheSameAttempt: changing((effect) =>
    effect.type === 'step_issued' && effect.attempt > 1 ? [{ ...effect, attempt: effect.attempt - 1 }] : [effect],
  ),
  forgetsDelayedSteps: (state, event) => (event.type === 'step_due' ? ignoring(state) : decideAll(state, event)),
  forgetsWhoWaitsForAnother: (state, event) =>
    event.type === 'step_due' && event.attempt === 0 ? ignoring(state) : decideAll(state, event),
  sendsAllAtOnce: (state, event) => {
    const { effects } = decideAll({ ...state, cachesPrefix: false }, event);
    return leadingTo(state, effects);
  },
  doesNotFollowContent: changing((effect, event) =>
    event.type === 'step_streaming' && effect.type === 'step_issued' ? [] : [effect],
  ),
  followsTheStart: (state, event) => {
    const { effects, state: next } = decideAll(state, event);
    if (event.type !== 'step_started' || next === state) return { effects, state: next };
    const waiting = openSteps(next).filter(({ status, attempt }) => status === 'delayed' && attempt === 0);
    const due = waiting.flatMap((step) =>
      step.status === 'delayed'
        ? decideAll(next, { type: 'step_due', stepId: step.stepId, attempt: 0, at: step.nextAttemptAt }).effects
        : [],
    );
    return leadingTo(state, [...effects, ...due]);
  },
  tellsNobodyToStop: changing((effect) => (effect.type === 'stop_requested' ? [] : [effect])),
  triesAgainAfterACancel: (state, event) => {
    if (event.type !== 'step_failed' || !state.cancelRequested) return decideAll(state, event);
    return leadingTo(state, decideAll({ ...state, cancelRequested: false }, event).effects);
  },
  stopsAfterAFailure: changing((effect, event) =>
    event.type !== 'step_failed' || effect.type === 'section_failed' || effect.type === 'step_postponed'
      ? [effect]
      : [],
  ),
} satisfies Record<string, Machine>;

/** `decideAll` with every effect replaced. */
function changing(replace: (effect: Effect, event: RunEvent) => readonly Effect[]): Machine {
  return (state, event) =>
    leadingTo(
      state,
      decideAll(state, event).effects.flatMap((effect) => replace(effect, event)),
    );
}

function ignoring(state: RunState): ReturnType<Machine> {
  return { effects: [{ type: 'ignored', reason: 'already_so' }], state };
}

function leadingTo(state: RunState, effects: readonly Effect[]): ReturnType<Machine> {
  return effects.length === 0 ? ignoring(state) : { effects, state: effects.reduce(evolve, state) };
}
