import type { FailureCode } from '@planwright/contracts';
import type { RunEvent } from '../../src/events.js';
import type { RunState } from '../../src/state.js';
import { findStep, timeLimitMs } from '../../src/steps.js';
import { Kind } from './items.js';

const FAILURES: Partial<Record<Kind, FailureCode>> = {
  [Kind.failedRetryable]: 'connection',
  [Kind.failedRateLimited]: 'rate_limited',
  [Kind.failedMalformed]: 'malformed',
  [Kind.failedFatal]: 'auth',
  [Kind.failedTimeout]: 'timeout',
};

/** How a call may end other than with a text: given back before it or in the middle of it, or failed. */
export const FAILED_ENDS = [
  Kind.delayed,
  Kind.lost,
  Kind.failedRetryable,
  Kind.failedRateLimited,
  Kind.failedMalformed,
  Kind.failedFatal,
  Kind.failedTimeout,
];
/** What may be told of an attempt besides its start. */
export const NEWS = [Kind.streaming, Kind.generated, Kind.cancelled, ...FAILED_ENDS];

/**
 * The event as the machine gets it. Clocks stand at 0, but for a time-out, which comes at the section's limit, and a due
 * instant, which comes when it comes.
 */
export function eventOf(state: RunState, kind: Kind, stepId: string, attempt: number): RunEvent {
  const fence = { stepId, attempt, at: 0 };
  const code = FAILURES[kind];
  if (code) {
    const place = kind === Kind.failedTimeout ? findStep(state, stepId) : undefined;
    const at = place ? timeLimitMs(place) : 0;
    return { type: 'step_failed', ...fence, at, jitter: 0.5, failure: { code, detail: 'It broke.', resets_at: null } };
  }
  switch (kind) {
    case Kind.start:
      return { type: 'run_started', at: 0 };
    case Kind.cancel:
      return { type: 'cancel_requested', at: 0 };
    case Kind.check:
      return { type: 'run_checked', at: 0 };
    case Kind.started:
      return { type: 'step_started', ...fence };
    case Kind.streaming:
      return { type: 'step_streaming', ...fence };
    case Kind.generated:
      return { type: 'step_generated', ...fence };
    case Kind.cancelled:
      return { type: 'step_cancelled', ...fence };
    case Kind.lost:
      return { type: 'step_lost', ...fence };
    case Kind.delayed:
      return { type: 'step_delayed', ...fence, nextAttemptAt: 700, reason: 'requests', position: null };
    case Kind.due: {
      const step = findStep(state, stepId)?.step;
      return { type: 'step_due', ...fence, at: step?.status === 'delayed' ? step.nextAttemptAt : 0 };
    }
    default:
      throw new Error(`${kind} is no event`);
  }
}
