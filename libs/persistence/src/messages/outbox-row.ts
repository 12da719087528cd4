/** A message to be sent once its transaction has committed. */
export interface OutboxMessage {
  id: string;
  name: string;
  workspaceId: string;
  runId: string | null;
  causationId: string | null;
  traceparent: string | null;
  payload: Record<string, unknown>;
}

/** A message that waits in the outbox. */
export interface OutboxRow extends OutboxMessage {
  /** ISO 8601, UTC. */
  occurredAt: string;
}
