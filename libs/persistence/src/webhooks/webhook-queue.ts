import type { WebhookDisabledReason } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';
import { claimDeliveries } from './claim.js';
import type { ClaimedDelivery, ClaimLimits } from './claim.js';
import { payloadOf } from './payload-of.js';
import { insertDeliveries, markTold, readUntold } from './untold-events.js';
import type { NewDelivery, UntoldEvent, UntoldPlace, UntoldScope } from './untold-events.js';
import { disableWebhook } from './webhooks.repository.js';

/** What an attempt came to. */
export type AttemptResult =
  | { type: 'delivered'; status: number }
  | { type: 'retry'; afterMs: number; status: number | null; error: string }
  /** `gone`: the receiver wants nothing more. */
  | { type: 'failed'; gone: boolean; status: number | null; error: string };

/** A webhook whose attempts failed this long without one that did not is switched off. */
const GIVE_UP_DAYS = 5;
/** Longer than any pause between two attempts: after it, failing begins anew. */
const QUIET_DAYS = 2;
/** How long deliveries are kept that have ended. */
const KEEP_DAYS = 30;
/** Rows deleted in one statement, so that the table is not locked for long. */
const DELETE_AT_ONCE = 5_000;

/**
 * The deliveries of all workspaces, as notifiers work on them; any number of them at once. Each method is for a
 * transaction of its own.
 */
export class WebhookQueue {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Writes a delivery for each event and webhook that has none, the oldest events first, `limit` at most; answers how many
   * deliveries are new, and where to go on, or null at the end. A scope of null looks wherever nobody did for a while, so
   * that an event nobody was told of has its delivery, too. An event that does not fit what is told of its type has none:
   * `refused` hears of it, and those after it are told.
   */
  async tell(
    asked: { scope: UntoldScope; after: UntoldPlace | null; limit: number },
    refused: (event: UntoldEvent, error: unknown) => void,
  ): Promise<{ added: number; next: UntoldPlace | null }> {
    const { found, next } = await readUntold(this.manager, asked);
    const deliveries: NewDelivery[] = [];
    for (const event of found) {
      try {
        const { webhookId: webhook_id, messageId: message_id, type } = event;
        deliveries.push({ id: newId(), webhook_id, message_id, event: type, payload: payloadOf(event) });
      } catch (error) {
        refused(event, error);
      }
    }
    const added = deliveries.length > 0 ? await insertDeliveries(this.manager, deliveries) : 0;
    if (asked.scope === null && next === null) await markTold(this.manager, asked.after?.beganAt ?? null);
    return { added, next };
  }

  claim(limits: ClaimLimits): Promise<ClaimedDelivery[]> {
    return claimDeliveries(this.manager, limits);
  }

  /** Notes what an attempt came to; answers why the webhook was switched off because of it, or null. */
  async settle(
    { id, webhookId, attempt }: Pick<ClaimedDelivery, 'id' | 'webhookId' | 'attempt'>,
    result: AttemptResult,
  ): Promise<WebhookDisabledReason | null> {
    if (result.type === 'delivered') {
      await this.cameThrough(id, webhookId, result.status);
      return null;
    }
    const noted = await this.noteFailure(id, webhookId, attempt);
    if (!noted) return null;
    const afterMs = result.type === 'retry' ? result.afterMs : null;
    await rows(
      this.manager,
      `UPDATE webhook_deliveries SET status = CASE WHEN $3::float IS NULL THEN 'failed' ELSE 'waiting' END,
         next_attempt_at = now() + $3 * interval '1 millisecond', last_status = $4, last_error = $5
       WHERE id = $1 AND attempts = $2 AND status = 'waiting'`,
      [id, attempt, afterMs, result.status, result.error],
    );
    const reason = result.type === 'failed' && result.gone ? 'gone' : noted.givesUp ? 'failing' : null;
    return reason && (await disableWebhook(this.manager, webhookId, reason)) ? reason : null;
  }

  /** Gives a claim back: due at once, and the attempt counts as never begun. */
  async release({ id, attempt }: Pick<ClaimedDelivery, 'id' | 'attempt'>): Promise<void> {
    await rows(
      this.manager,
      `UPDATE webhook_deliveries SET next_attempt_at = now(), attempts = attempts - 1,
         last_attempt_at = CASE WHEN attempts > 1 THEN last_attempt_at END
       WHERE id = $1 AND attempts = $2 AND status = 'waiting'`,
      [id, attempt],
    );
  }

  /** Deletes deliveries that ended long ago, some thousands at most; answers how many. */
  async forget(): Promise<number> {
    const gone = await rows(
      this.manager,
      `DELETE FROM webhook_deliveries WHERE id IN (
         SELECT id FROM webhook_deliveries
         WHERE status <> 'waiting' AND created_at < now() - ${KEEP_DAYS} * interval '1 day'
         LIMIT ${DELETE_AT_ONCE} FOR UPDATE SKIP LOCKED
       ) RETURNING 1`,
    );
    return gone.length;
  }

  /** What came through has come through, also if its claim had lapsed. */
  private async cameThrough(id: string, webhookId: string, status: number): Promise<void> {
    await rows(
      this.manager,
      'UPDATE webhooks SET failing_since = NULL, last_failed_at = NULL WHERE id = $1 AND failing_since IS NOT NULL',
      [webhookId],
    );
    await rows(
      this.manager,
      `UPDATE webhook_deliveries SET status = 'delivered', next_attempt_at = NULL, last_status = $2, last_error = NULL
       WHERE id = $1 AND status <> 'delivered'`,
      [id, status],
    );
  }

  /**
   * Whether nothing has got through for so long that nobody is there. Null for an attempt whose claim has lapsed: another
   * one is under way, and of this one nothing is noted.
   */
  private noteFailure(id: string, webhookId: string, attempt: number): Promise<{ givesUp: boolean } | null> {
    return firstRow(
      this.manager,
      `UPDATE webhooks SET last_failed_at = now(),
         failing_since = CASE WHEN last_failed_at > now() - ${QUIET_DAYS} * interval '1 day' THEN failing_since ELSE now() END
       WHERE id = $1
         AND EXISTS (SELECT FROM webhook_deliveries WHERE id = $2 AND attempts = $3 AND status = 'waiting')
       RETURNING failing_since <= now() - ${GIVE_UP_DAYS} * interval '1 day' AS "givesUp"`,
      [webhookId, id, attempt],
    );
  }
}
