import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import type { OutboxMessage } from './outbox-row.js';

export class OutboxRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Messages leave in the order they are added here; across transactions there is no order. */
  async add(messages: OutboxMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await rows(
      this.manager,
      `INSERT INTO outbox (id, name, workspace_id, run_id, causation_id, traceparent, payload, created_at)
       SELECT id, name, "workspaceId", "runId", "causationId", traceparent, payload, clock_timestamp()
       FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (id uuid, name text, "workspaceId" uuid, "runId" uuid,
         "causationId" uuid, traceparent text, payload jsonb)) WITH ORDINALITY
       ORDER BY ordinality`,
      [JSON.stringify(messages)],
    );
  }

  /** Rows that were sent. One that a relay holds at this moment is left to it. */
  async delete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const free = 'SELECT id FROM outbox WHERE id = ANY($1) FOR UPDATE SKIP LOCKED';
    await rows(this.manager, `DELETE FROM outbox WHERE id IN (${free})`, [ids]);
  }
}
