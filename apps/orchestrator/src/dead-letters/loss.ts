import type { DeadLetter, ParkedMessage } from '@planwright/messaging';
import type { RunEvent } from '@planwright/plan';

export interface Loss {
  runId: string;
  event: Extract<RunEvent, { type: 'step_failed' }>;
}

/** What a dead letter means to a run: the attempt it speaks of has failed. Null for one of no step, or unreadable. */
export function lossOf({ message, parked }: DeadLetter, now: number): Loss | null {
  if (!message || !('step_id' in message.payload) || !('attempt' in message.payload)) return null;
  const { run_id: runId, step_id: stepId, attempt } = message.payload;
  const failure = { code: 'dead_lettered', detail: `${message.name}: ${sentenceOf(parked)}`, resets_at: null } as const;
  // No jitter, as nothing is retried by itself.
  return { runId, event: { type: 'step_failed', at: now, stepId, attempt, failure, jitter: 0 } };
}

function sentenceOf({ reason }: ParkedMessage): string {
  if (reason === 'delivery_limit') return 'everyone who took it died with it or gave it back, too often';
  return reason;
}
