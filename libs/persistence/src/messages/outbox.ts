import type { EntityManager } from 'typeorm';
import { iso, rows } from '../sql.js';
import type { OutboxMessage, OutboxRow } from './outbox-row.js';

/** The relay's side of the outbox. Rows stay until the broker has confirmed them: a message may go out twice, never not. */
export class Outbox {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Hands the oldest waiting messages to `publish` and deletes those whose ids it returns; the others stay for the next
   * call. Locks the rows it claims until then, and skips rows that another relay holds. `olderThanMs` leaves young rows
   * to whoever committed them. Returns how many were claimed. `publish` should take seconds at most: the transaction is
   * open while it works.
   */
  async claim(
    { limit, olderThanMs }: { limit: number; olderThanMs: number },
    publish: (messages: OutboxRow[]) => Promise<string[]>,
  ): Promise<number> {
    return this.manager.transaction(async (manager) => {
      const claimed = await rows<OutboxMessage & { occurredAt: Date }>(
        manager,
        `SELECT id, name, workspace_id AS "workspaceId", run_id AS "runId", causation_id AS "causationId", traceparent,
           payload, created_at AS "occurredAt"
         FROM outbox WHERE created_at <= clock_timestamp() - $2::float8 * interval '1 millisecond'
         ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED`,
        [limit, olderThanMs],
      );
      if (claimed.length === 0) return 0;
      const published = await publish(claimed.map((row) => ({ ...row, occurredAt: iso(row.occurredAt) })));
      await rows(manager, 'DELETE FROM outbox WHERE id = ANY($1)', [published]);
      return claimed.length;
    });
  }

  /** For whoever published right after its commit. Ids that are gone are ignored. */
  async delete(ids: string[]): Promise<void> {
    if (ids.length > 0) await rows(this.manager, 'DELETE FROM outbox WHERE id = ANY($1)', [ids]);
  }

  /** How many wait, and since when the oldest does (milliseconds; 0 when none). */
  async backlog(): Promise<{ count: number; oldestMs: number }> {
    const [backlog] = await rows<{ count: number; oldestMs: number }>(
      this.manager,
      `SELECT count(*)::int AS count,
         coalesce(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::int AS "oldestMs" FROM outbox`,
    );
    return backlog ?? { count: 0, oldestMs: 0 };
  }
}
