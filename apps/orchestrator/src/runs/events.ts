import type { AnyMessage } from '@planwright/contracts';
import type { StepResult } from '@planwright/persistence';
import type { RunEvent } from '@planwright/plan';

/** Messages of the orchestrator's own queue. */
export type RunMessage = Extract<
  AnyMessage,
  {
    name:
      | 'run.start'
      | 'run.cancel'
      | 'step.started'
      | 'step.streaming'
      | 'step.generated'
      | 'step.delayed'
      | 'step.failed'
      | 'step.cancelled'
      | 'step.lost';
  }
>;

/** The state machine's view of a message. `now` is this process's clock, `jitter` 0 ≤ jitter < 1. */
export function eventOf(message: RunMessage, now: number, jitter: number): RunEvent {
  const at = now;
  switch (message.name) {
    case 'run.start':
      return { type: 'run_started', at };
    case 'run.cancel':
      return { type: 'cancel_requested', at };
    case 'step.started':
      return { type: 'step_started', at, ...fenceOf(message) };
    case 'step.streaming':
      return { type: 'step_streaming', at, ...fenceOf(message) };
    case 'step.generated':
      return { type: 'step_generated', at, ...fenceOf(message) };
    case 'step.delayed': {
      const { next_attempt_at, reason, position } = message.payload;
      return {
        type: 'step_delayed',
        at,
        ...fenceOf(message),
        nextAttemptAt: Date.parse(next_attempt_at),
        reason,
        position,
      };
    }
    case 'step.failed':
      return { type: 'step_failed', at, ...fenceOf(message), failure: message.payload.failure, jitter };
    case 'step.cancelled':
      return { type: 'step_cancelled', at, ...fenceOf(message) };
    case 'step.lost':
      return { type: 'step_lost', at, ...fenceOf(message) };
  }
}

/**
 * What the message brings to store; undefined where it only tells that something happened. Half a surrogate pair, which
 * JSON can carry and a database can not, becomes U+FFFD.
 */
export function resultOf(message: RunMessage): StepResult | undefined {
  switch (message.name) {
    case 'step.generated': {
      const { content, provider, model, usage, calls, hashes, warnings } = message.payload;
      const text = content.toWellFormed();
      return { ...fenceOf(message), content: text, provider, model, usage, calls, hashes, warnings };
    }
    case 'step.delayed':
    case 'step.lost':
      return { ...fenceOf(message), usage: message.payload.usage, calls: message.payload.calls };
    case 'step.failed':
    case 'step.cancelled':
      return {
        ...fenceOf(message),
        draft: message.payload.draft?.toWellFormed() ?? null,
        usage: message.payload.usage,
        calls: message.payload.calls,
      };
    default:
      return undefined;
  }
}

function fenceOf(message: { payload: { step_id: string; attempt: number } }) {
  return { stepId: message.payload.step_id, attempt: message.payload.attempt };
}
