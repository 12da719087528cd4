import { problemOf } from '@planwright/contracts';
import { advance, goOn, stopOf } from './advance.js';
import type { Decision } from './decision.js';
import type { IgnoreReason } from './effects.js';
import type { RunEvent } from './events.js';
import { progressOf } from './progress.js';
import { judgeFailure, retryEffect } from './retry.js';
import { isEndedRun } from './run-status.js';
import type { RunState } from './state.js';
import { findStep, isOpen, type OpenStep, type Place } from './steps.js';
import { isHeld } from './turn.js';
import { unreachable } from './unreachable.js';

export type StepEvent = Extract<RunEvent, { stepId: string }>;
type EventOf<T extends StepEvent['type']> = Extract<StepEvent, { type: T }>;
/** A step that a generator may be working on: its command is out, nothing has settled it yet. */
type HeldStep = Exclude<OpenStep, { status: 'delayed' }>;

/** Facts of generators and wake-ups: fenced by the attempt, so a late one changes nothing. */
export function decideStep(decision: Decision, event: StepEvent): void {
  const place = findStep(decision.state, event.stepId);
  if (place && startsTooLate(place, event)) return decision.add(...stopOf([event]));
  const reason = refusalOf(decision.state, place, event);
  if (reason) return decision.ignore(reason);
  const { document, step } = place as Place<OpenStep>;
  if (event.type === 'step_due') return wake(decision, { document, step }, event);
  if (step.status === 'delayed') return decision.ignore('attempt_settled');
  settle(decision, { document, step }, event);
}

/**
 * A generator took a command that was cancelled, settled or issued anew meanwhile: a second copy of it, or the first one
 * after the broadcast that should have stopped it. Its start is too late to count, but unlike other late facts it is
 * answered, or it would spend the whole call on a text that nobody takes. A start that was merely overtaken by its own
 * result is answered, too, and nobody is left to hear it.
 */
function startsTooLate({ step }: Place, event: StepEvent): boolean {
  if (event.type !== 'step_started' || event.attempt < 1) return false;
  if (event.attempt < step.attempt) return true;
  return event.attempt === step.attempt && step.status !== 'queued' && step.status !== 'running';
}

function refusalOf(state: RunState, place: Place | undefined, event: StepEvent): IgnoreReason | null {
  if (isEndedRun(state.status)) return 'run_ended';
  if (state.status === 'queued') return 'run_not_started';
  if (!place) return 'unknown_step';
  if (!isOpen(place.step)) return 'step_ended';
  // Before its first attempt a step may wait for another one; then it is due like any.
  const isWaiting = event.type === 'step_due' && place.step.status === 'delayed';
  if (place.step.attempt === 0 && !isWaiting) return 'not_issued';
  if (place.step.attempt !== event.attempt) return 'stale_attempt';
  return null;
}

/** Facts may overtake each other: what proves that the step was started is taken as if it had been told. */
function settle(decision: Decision, place: Place<HeldStep>, event: Exclude<StepEvent, { type: 'step_due' }>): void {
  switch (event.type) {
    case 'step_started':
      return begin(decision, place);
    case 'step_streaming':
      return stream(decision, place);
    case 'step_generated':
      return complete(decision, place);
    case 'step_failed':
      return fail(decision, place, event);
    case 'step_delayed':
      return postpone(decision, place, event);
    case 'step_cancelled':
      return cancel(decision, place);
    case 'step_lost':
      return reissue(decision, place);
    default:
      return unreachable(event);
  }
}

function begin(decision: Decision, { step }: Place<HeldStep>): void {
  if (step.status === 'running') return decision.ignore('already_so');
  decision.add({ type: 'step_began', stepId: step.stepId, at: decision.at });
}

function stream(decision: Decision, { step }: Place<HeldStep>): void {
  if (step.status === 'running' && step.streaming) return decision.ignore('already_so');
  if (step.status === 'queued') decision.add({ type: 'step_began', stepId: step.stepId, at: decision.at });
  decision.add({ type: 'step_streamed', stepId: step.stepId });
  advance(decision);
}

function complete(decision: Decision, { document, step }: Place<HeldStep>): void {
  const startedAt = step.status === 'running' ? step.startedAt : decision.at;
  decision.add({ type: 'section_completed', stepId: step.stepId, startedAt, at: decision.at });
  decision.add(progressOf(decision.state, document.documentId, decision.at, decision.usual));
  advance(decision);
}

/** Once a person asked to stop, a failure that would have been retried ends as cancelled; one that would not, as itself. */
function fail(decision: Decision, place: Place<HeldStep>, event: EventOf<'step_failed'>): void {
  const { state, at } = decision;
  const { stepId } = place.step;
  const verdict = judgeFailure(state.kind, place, event);
  if (state.cancelRequested && (verdict.retry || event.failure.code === 'cancelled')) return cancel(decision, place);
  if (verdict.retry) decision.add(retryEffect(place, verdict, at));
  else decision.add({ type: 'section_failed', stepId, tries: verdict.tries, problem: verdict.problem, at });
  advance(decision);
}

/** The generator gave the step back before a call: no try and no provider time is used. */
function postpone(decision: Decision, place: Place<HeldStep>, event: EventOf<'step_delayed'>): void {
  if (decision.state.cancelRequested) return cancel(decision, place);
  const { stepId, tries, rateLimits, spentMs, repair } = place.step;
  const { nextAttemptAt, reason, position } = event;
  const kept = { tries, rateLimits, spentMs, repair };
  decision.add({ type: 'step_postponed', stepId, nextAttemptAt, reason, position, ...kept, problem: null });
  advance(decision);
}

function cancel(decision: Decision, { step }: Place<HeldStep>): void {
  decision.add({ type: 'section_cancelled', stepId: step.stepId, reason: 'cancelled', at: decision.at });
  advance(decision);
}

/** After so many the section is what kills them. */
const MAX_LOSSES = 10;

/**
 * Losing a worker is not the section's fault: tries and provider time stay as they are. The old attempt is told to stop,
 * as it may only be waiting in a queue, or frozen. A step that takes worker after worker with it is not issued for ever.
 */
function reissue(decision: Decision, place: Place<HeldStep>): void {
  if (decision.state.cancelRequested) return cancel(decision, place);
  const { step } = place;
  const losses = step.losses + (step.status === 'running' ? 1 : 0);
  if (losses <= MAX_LOSSES) {
    decision.add(...stopOf([step]), goOn(place, decision.at, { losses }));
  } else {
    const problem = problemOf({ code: 'dead_lettered', detail: `${losses} workers were lost while writing it` });
    decision.add({ type: 'section_failed', stepId: step.stepId, tries: step.tries, problem, at: decision.at });
  }
  advance(decision);
}

function wake(decision: Decision, place: Place<OpenStep>, event: EventOf<'step_due'>): void {
  if (place.step.status !== 'delayed') return decision.ignore('not_delayed');
  const isCalled = event.called === true && !isHeld(place.step);
  if (event.at < place.step.nextAttemptAt && !isCalled) return decision.ignore('not_due');
  decision.add(goOn(place, event.at));
  advance(decision);
}
