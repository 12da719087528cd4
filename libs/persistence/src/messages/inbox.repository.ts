import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

export class InboxRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * True exactly once per consumer and message, if the transaction commits. While another transaction handles the same
   * message this waits for it to end, and then knows.
   */
  async firstTime(consumer: string, messageId: string, workspaceId: string): Promise<boolean> {
    const inserted = await rows(
      this.manager,
      `INSERT INTO inbox (consumer, message_id, workspace_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1`,
      [consumer, messageId, workspaceId],
    );
    return inserted.length === 1;
  }

  /** Forgets messages handled more than `days` ago: no copy comes that late, and the attempt fences its effects anyway. */
  async forget({ days }: { days: number }): Promise<void> {
    await rows(this.manager, `DELETE FROM inbox WHERE received_at < now() - $1 * interval '1 day'`, [days]);
  }
}
