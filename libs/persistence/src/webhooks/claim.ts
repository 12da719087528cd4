import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

/** A delivery that this process is to send now, with the secrets that sign it: the newest first. */
export interface ClaimedDelivery {
  id: string;
  webhookId: string;
  messageId: string;
  /** This attempt's number, from 1. */
  attempt: number;
  event: string;
  payload: object;
  url: string;
  /** As they are stored: `WebhookSecrets` opens them. */
  secrets: Buffer[];
}

export interface ClaimLimits {
  /** Deliveries at once, at most. */
  free: number;
  /** Deliveries of one webhook that one process sends at once; of one that fails, 1. */
  perWebhook: number;
  /** How many each webhook has under way in this process. */
  busy: Readonly<Record<string, number>>;
  /** After this, in milliseconds, another process may send it: whoever claimed it is taken for dead. */
  leaseMs: number;
}

/**
 * Takes due deliveries. Webhooks that have any are found one after the other in the index of what waits, so that the
 * backlog of one hides none of the others; of each come the oldest, as many as it may have. Rows that others are taking
 * are passed over. A claim is a later `next_attempt_at`: it lapses by itself.
 */
const CLAIM = `
  WITH RECURSIVE waiting AS (
    (SELECT webhook_id FROM webhook_deliveries WHERE status = 'waiting' ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (
      SELECT d.webhook_id FROM webhook_deliveries d
      WHERE d.status = 'waiting' AND d.webhook_id > waiting.webhook_id ORDER BY d.webhook_id LIMIT 1
    )
    FROM waiting WHERE waiting.webhook_id IS NOT NULL
  ), due AS (
    SELECT d.id, d.next_attempt_at FROM waiting
    JOIN webhooks w ON w.id = waiting.webhook_id AND w.disabled_at IS NULL
    CROSS JOIN LATERAL (
      SELECT id, next_attempt_at FROM webhook_deliveries
      WHERE webhook_id = w.id AND status = 'waiting' AND next_attempt_at <= now()
      ORDER BY next_attempt_at
      LIMIT greatest(0, CASE WHEN w.failing_since IS NULL THEN $2::int ELSE 1 END - coalesce(($3::jsonb ->> w.id::text)::int, 0))
      FOR UPDATE SKIP LOCKED
    ) d
    ORDER BY d.next_attempt_at LIMIT $1
  )
  UPDATE webhook_deliveries d
  SET attempts = d.attempts + 1, last_attempt_at = now(), next_attempt_at = now() + $4 * interval '1 millisecond'
  FROM due, webhooks w
  WHERE d.id = due.id AND w.id = d.webhook_id
  RETURNING d.id, d.webhook_id AS "webhookId", d.message_id AS "messageId", d.attempts AS attempt, d.event, d.payload, w.url,
    CASE WHEN w.previous_secret_until > now() THEN w.secrets ELSE w.secrets[1:1] END AS secrets`;

export function claimDeliveries(manager: EntityManager, limits: ClaimLimits): Promise<ClaimedDelivery[]> {
  const { free, perWebhook, busy, leaseMs } = limits;
  return rows(manager, CLAIM, [free, perWebhook, JSON.stringify(busy), leaseMs]);
}
