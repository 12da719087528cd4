import type { AnyMessage, MessageName } from '@planwright/contracts';
import type { LockedRun, OutboxRow } from '@planwright/persistence';
import type { Effect } from '@planwright/plan';
import { newId } from '@planwright/runtime';
import type { Turn } from './take-turns.js';

/** A message before it has an envelope. */
export interface OutgoingMessage {
  name: MessageName;
  payload: Record<string, unknown>;
}

export function outgoing<N extends MessageName>(
  name: N,
  payload: Extract<AnyMessage, { name: N }>['payload'],
): OutgoingMessage {
  return { name, payload };
}

/** A message about a run that follows from a turn, as the outbox has it. */
export function rowOf(
  { workspaceId, runId }: Pick<LockedRun, 'workspaceId' | 'runId'>,
  { happening: { event, message: cause } }: Turn,
  { name, payload }: OutgoingMessage,
): OutboxRow {
  return {
    id: newId(),
    ...{ name, workspaceId, runId, payload },
    causationId: cause?.id ?? null,
    traceparent: cause?.traceparent ?? null,
    occurredAt: new Date(event.at).toISOString(),
  };
}

/** The broadcasts that follow from a decision. A step that was issued is not sent: it is admitted, in its turn. */
export function stops(runId: string, effects: readonly Effect[]): OutgoingMessage[] {
  return effects.flatMap((effect): OutgoingMessage[] => {
    if (effect.type !== 'stop_requested' || effect.steps.length === 0) return [];
    const steps = effect.steps.map(({ stepId, attempt }) => ({ step_id: stepId, attempt }));
    return [outgoing('step.cancel', { run_id: runId, steps })];
  });
}
