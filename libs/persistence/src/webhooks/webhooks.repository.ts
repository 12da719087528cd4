import type { CreateWebhook, DeliveryResource, UpdateWebhook, WebhookDisabledReason } from '@planwright/contracts';
import { SECRET_OVERLAP_HOURS } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';

/** Webhooks whose secrets are stored anew in one transaction. */
const AT_ONCE = 100;

/** A delivery that a person asks for. */
export type AskedDelivery = Pick<DeliveryResource, 'id' | 'payload' | 'message_id' | 'replay_of'>;

/**
 * Webhooks of a workspace, as their people change them. Whoever locks a webhook and its deliveries locks the webhook
 * first, here and in `WebhookQueue`.
 */
export class WebhooksRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Holds up others who count or add webhooks of this workspace until the transaction ends. */
  async count(workspaceId: string): Promise<number> {
    await rows(this.manager, `SELECT pg_advisory_xact_lock(hashtextextended('webhooks ' || $1, 0))`, [workspaceId]);
    const sql = 'SELECT count(*)::int AS n FROM webhooks WHERE workspace_id = $1';
    return (await firstRow<{ n: number }>(this.manager, sql, [workspaceId]))?.n ?? 0;
  }

  /** `secret`: as it is to be stored. */
  async insert(webhook: CreateWebhook & { id: string; workspaceId: string; secret: Buffer }): Promise<void> {
    const { id, workspaceId, url, events, description, secret } = webhook;
    await rows(
      this.manager,
      `INSERT INTO webhooks (id, workspace_id, url, events, description, secrets)
       VALUES ($1, $2, $3, $4, $5, ARRAY[$6::bytea])`,
      [id, workspaceId, url, events, description, secret],
    );
  }

  /** False when the workspace has no such webhook. One that goes somewhere else now, or is switched on, starts afresh. */
  async update(workspaceId: string, id: string, { enabled, ...fields }: UpdateWebhook): Promise<boolean> {
    const { url = null, events = null, description = null } = fields;
    const changed = await rows(
      this.manager,
      `UPDATE webhooks SET
         url = coalesce($3, url), events = coalesce($4, events), description = coalesce($5, description),
         failing_since = CASE WHEN $3 IS NULL OR $3 = url THEN failing_since END,
         last_failed_at = CASE WHEN $3 IS NULL OR $3 = url THEN last_failed_at END,
         updated_at = now()
       WHERE workspace_id = $1 AND id = $2 RETURNING id`,
      [workspaceId, id, url, events, description],
    );
    if (changed.length === 0) return false;
    if (enabled === true) await this.enable(id);
    if (enabled === false) await disableWebhook(this.manager, id, 'person');
    return true;
  }

  /** What happened while it was off is not told afterwards. */
  private async enable(id: string): Promise<void> {
    await rows(
      this.manager,
      `UPDATE webhooks SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, last_failed_at = NULL,
         active_since = clock_timestamp(), told_up_to = clock_timestamp()
       WHERE id = $1 AND disabled_at IS NOT NULL`,
      [id],
    );
  }

  /**
   * The secret that signed until now signs on for a while; one before it signs no more. `secret`: as it is to be stored.
   * False: no such webhook.
   */
  async rotate(workspaceId: string, id: string, secret: Buffer): Promise<boolean> {
    const changed = await rows(
      this.manager,
      `UPDATE webhooks SET secrets = ARRAY[$3::bytea, secrets[1]], updated_at = now(),
         previous_secret_until = now() + $4 * interval '1 hour'
       WHERE workspace_id = $1 AND id = $2 RETURNING id`,
      [workspaceId, id, secret, SECRET_OVERLAP_HOURS],
    );
    return changed.length > 0;
  }

  /**
   * Stores secrets of some webhooks anew, of whatever workspace, by the order of their ids: `again` answers how, or null
   * for one that stays as it is. Answers the last id, or null at the end. What others have locked is waited for.
   */
  async replaceSecrets(
    after: string | null,
    again: (stored: Buffer, webhookId: string) => Buffer | null,
  ): Promise<string | null> {
    const found = await rows<{ id: string; secrets: Buffer[] }>(
      this.manager,
      `SELECT id, secrets FROM webhooks WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT ${AT_ONCE} FOR NO KEY UPDATE`,
      [after],
    );
    for (const { id, secrets } of found) {
      const fresh = secrets.map((stored) => again(stored, id) ?? stored);
      if (fresh.every((one, i) => one === secrets[i])) continue;
      await rows(this.manager, 'UPDATE webhooks SET secrets = $2::bytea[] WHERE id = $1', [id, fresh]);
    }
    return found.length < AT_ONCE ? null : (found.at(-1)?.id ?? null);
  }

  /** With its deliveries. False when the workspace has no such webhook. */
  async delete(workspaceId: string, id: string): Promise<boolean> {
    const sql = 'DELETE FROM webhooks WHERE workspace_id = $1 AND id = $2 RETURNING id';
    return (await rows(this.manager, sql, [workspaceId, id])).length > 0;
  }

  /** A delivery due at once. False, and nothing written, where the webhook is switched off or not there. */
  async deliver(workspaceId: string, webhookId: string, asked: AskedDelivery): Promise<boolean> {
    const added = await rows(
      this.manager,
      `WITH webhook AS (
         SELECT id, workspace_id FROM webhooks WHERE workspace_id = $1 AND id = $2 AND disabled_at IS NULL FOR SHARE
       )
       INSERT INTO webhook_deliveries (id, workspace_id, webhook_id, event, payload, message_id, replay_of, status, next_attempt_at)
       SELECT $3, workspace_id, id, $4::jsonb ->> 'type', $4::jsonb, $5, $6, 'waiting', now() FROM webhook
       RETURNING id`,
      [workspaceId, webhookId, asked.id, JSON.stringify(asked.payload), asked.message_id, asked.replay_of],
    );
    return added.length > 0;
  }
}

/** Sends nothing more. What waits is failed, with a reason: it can be replayed once the webhook is on again. */
export async function disableWebhook(
  manager: EntityManager,
  id: string,
  reason: WebhookDisabledReason,
): Promise<boolean> {
  const disabled = await rows(
    manager,
    `UPDATE webhooks SET disabled_at = now(), disabled_reason = $2, updated_at = now()
     WHERE id = $1 AND disabled_at IS NULL RETURNING id`,
    [id, reason],
  );
  if (disabled.length === 0) return false;
  await rows(
    manager,
    `UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL,
       last_error = coalesce(last_error || ' ', '') || 'The webhook was switched off before the next attempt.'
     WHERE webhook_id = $1 AND status = 'waiting'`,
    [id],
  );
  return true;
}
