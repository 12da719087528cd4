import type { Effect } from './effects.js';
import type { Instant, StepState } from './state.js';

/**
 * Prompts of a parallel stage begin alike, and a provider that caches beginnings has one only from the first content of
 * an answer on: sections sent at once would each pay for writing it. So one goes first, and the others wait, `delayed`
 * before their first attempt, until it streams or is out of the race in any way: ended, delayed, lost, issued again.
 *
 * That is read off the state alone and costs no try, no attempt and at most the wait: if nobody tells that the first one
 * streams, each of the others is due by itself.
 */
export const PREFIX_CACHE = 'prefix_cache';

/** Longer than the first content usually takes, short enough not to be felt when it is never told. */
const PREFIX_WAIT_MS = 3_000;

/** True once an issued step of the stage is known to have come further than waiting for the first content of its call. */
export function isPrefixCached(stage: readonly StepState[]): boolean {
  return stage.some((step) => step.attempt > 0 && !isBeforeContent(step));
}

function isBeforeContent(step: StepState): boolean {
  return step.attempt === 1 && (step.status === 'queued' || (step.status === 'running' && !step.streaming));
}

export function waitForPrefix(
  { stepId, tries, rateLimits, spentMs, repair }: StepState,
  at: Instant,
): Extract<Effect, { type: 'step_postponed' }> {
  const kept = { tries, rateLimits, spentMs, repair };
  const nextAttemptAt = at + PREFIX_WAIT_MS;
  return {
    type: 'step_postponed',
    stepId,
    nextAttemptAt,
    reason: PREFIX_CACHE,
    position: null,
    ...kept,
    problem: null,
  };
}
