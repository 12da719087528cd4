import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import type { OutboxMessage } from './outbox-row.js';

/** Adds the messages in the parameter `$n`, a JSON array of `OutboxMessage`, in its order. */
export const INSERT_MESSAGES = `
  INSERT INTO outbox (id, name, workspace_id, run_id, causation_id, traceparent, payload, created_at)
  SELECT id, name, "workspaceId", "runId", "causationId", traceparent, payload, clock_timestamp()
  FROM ROWS FROM (jsonb_to_recordset($n::jsonb) AS (id uuid, name text, "workspaceId" uuid, "runId" uuid,
    "causationId" uuid, traceparent text, payload jsonb)) WITH ORDINALITY
  ORDER BY ordinality`;

export class OutboxRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Messages are taken up in the order they are added here; across transactions there is no order. */
  async add(messages: readonly OutboxMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await rows(this.manager, INSERT_MESSAGES.replace('$n', '$1'), [JSON.stringify(messages)]);
  }
}
