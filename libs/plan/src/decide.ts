import { advance, stopOf } from './advance.js';
import { decideStep } from './decide-step.js';
import { Decision, type SectionDurations } from './decision.js';
import type { Effect } from './effects.js';
import type { RunEvent } from './events.js';
import { isEndedRun } from './run-status.js';
import type { RunState } from './state.js';
import { openSteps } from './steps.js';

/**
 * Given this run and this event, what now? The effects are in the order in which they become true and are told:
 * `stage_began` precedes the steps of the stage; `section_completed` is followed by `progressed`, then by what starts or
 * ends because of it. What changes nothing is the one effect `ignored`.
 *
 * `usual` only sharpens the estimates in `progressed`.
 */
export function decide(state: RunState, event: RunEvent, usual?: SectionDurations): readonly Effect[] {
  return decideAll(state, event, usual).effects;
}

/** As `decide`, with the state the effects lead to: what `evolve` gives when it is folded over them. */
export function decideAll(
  state: RunState,
  event: RunEvent,
  usual?: SectionDurations,
): { readonly effects: readonly Effect[]; readonly state: RunState } {
  const decision = new Decision(state, event.at, usual);
  apply(decision, event);
  return { effects: decision.effects, state: decision.state };
}

function apply(decision: Decision, event: RunEvent): void {
  switch (event.type) {
    case 'run_started':
      return startRun(decision);
    case 'run_checked':
      return checkRun(decision);
    case 'cancel_requested':
      return requestCancel(decision);
    default:
      return decideStep(decision, event);
  }
}

function startRun(decision: Decision): void {
  if (isEndedRun(decision.state.status)) return decision.ignore('run_ended');
  // It was given more to write, or this came twice: then there is nothing to do.
  if (decision.state.status !== 'queued') return checkRun(decision);
  if (decision.state.waiting) return decision.ignore('run_waiting');
  decision.add({ type: 'run_began', at: decision.at });
  advance(decision);
}

function checkRun(decision: Decision): void {
  const { state } = decision;
  if (isEndedRun(state.status)) return decision.ignore('run_ended');
  if (state.status === 'queued' && !state.cancelRequested)
    return decision.ignore(state.waiting ? 'run_waiting' : 'run_not_started');
  advance(decision);
  if (decision.state.cancelRequested) decision.add(...stopOf(openSteps(decision.state)));
  if (decision.effects.length === 0) decision.ignore('already_so');
}

/** What waits is cancelled at once; what a generator may hold is told to stop, and the run ends when it has. */
function requestCancel(decision: Decision): void {
  const { state, at } = decision;
  if (isEndedRun(state.status)) return decision.ignore('run_ended');
  if (state.cancelRequested) return decision.ignore('already_requested');
  const held = openSteps(state).filter((step) => step.status !== 'delayed' && step.attempt > 0);
  decision.add({ type: 'cancel_noted', at }, ...stopOf(held));
  advance(decision);
}
