import { WEBHOOK_EVENTS } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, iso, rows } from '../sql.js';

/** An event that a webhook is subscribed to and has no delivery of. */
export interface UntoldEvent {
  webhookId: string;
  messageId: string;
  projectId: string;
  /** ISO 8601, UTC. */
  at: string;
  type: string;
  /** As it is stored for the live feed. */
  body: object;
}

/** Where to look: in these workspaces, at one project of a workspace, or (null) wherever nobody looked for a while. */
export type UntoldScope = { workspaceIds: readonly string[] } | { workspaceId: string; projectId: string } | null;

/** A place in the order events are told in. */
export interface UntoldPlace {
  at: string;
  messageId: string;
  webhookId: string;
  /** When this pass through the events began. */
  beganAt: string;
}

/** A delivery to be written. */
export interface NewDelivery {
  id: string;
  webhook_id: string;
  message_id: string;
  event: string;
  payload: object;
}

/** Of every workspace, the webhooks that were not looked after for this long, in seconds. */
const LOOK_EVERY_S = 30;
/** An event's instant is taken before its transaction commits; none takes longer than this, in seconds. */
const LATE_S = 60;

/**
 * Stored events by webhook. The id of a message is made of the event's place: whoever finds the event, and however often,
 * finds the same. No full stop is in it, as that would end it in what is signed.
 */
const UNTOLD = `
  SELECT w.id AS "webhookId", event.message_id AS "messageId", event.project_id AS "projectId", event.at, event.type, event.body,
    now() AS "readAt"
  FROM webhooks w
  CROSS JOIN LATERAL (SELECT greatest(w.active_since, w.told_up_to - ${LATE_S} * interval '1 second') AS since) span
  CROSS JOIN LATERAL (
    SELECT 'msg_' || e.channel || '_' || replace(e.project_id::text, '-', '') || '_' || e.n AS message_id,
      e.project_id, e.at, e.body ->> 'type' AS type, e.body
    FROM project_events e WHERE e.workspace_id = w.workspace_id AND e.at >= span.since
    UNION ALL
    SELECT 'msg_run_' || replace(e.run_id::text, '-', '') || '_' || e.n, r.project_id, e.at, 'document.completed', e.body
    FROM run_events e JOIN runs r ON r.id = e.run_id
    WHERE e.workspace_id = w.workspace_id AND e.at >= span.since AND e.body ->> 'type' = 'document_complete'
  ) event
  WHERE w.disabled_at IS NULL AND $scope
    AND event.type = ANY($1) AND w.events && ARRAY['*', event.type]
    AND NOT EXISTS (
      SELECT FROM webhook_deliveries d
      WHERE d.webhook_id = w.id AND d.message_id = event.message_id AND d.replay_of IS NULL
    )
    AND ($3::timestamptz IS NULL OR (event.at, event.message_id, w.id) > ($3::timestamptz, $4::text, $5::uuid))
  ORDER BY event.at, event.message_id, w.id LIMIT $2`;
const OF_WORKSPACES = UNTOLD.replace('$scope', 'w.workspace_id = ANY($6::uuid[])');
const OF_PROJECT = UNTOLD.replace('$scope', 'w.workspace_id = $6 AND event.project_id = $7');
const OF_ALL = UNTOLD.replace('$scope', `w.told_up_to < now() - ${LOOK_EVERY_S} * interval '1 second'`);

/** The oldest of what is untold after a place, and the place to go on at; null where that was all. */
export async function readUntold(
  manager: EntityManager,
  { scope, after, limit }: { scope: UntoldScope; after: UntoldPlace | null; limit: number },
): Promise<{ found: UntoldEvent[]; next: UntoldPlace | null }> {
  const page = [WEBHOOK_EVENTS, limit, after?.at ?? null, after?.messageId ?? null, after?.webhookId ?? null];
  type Row = Omit<UntoldEvent, 'at'> & { at: Date; readAt: Date };
  const read = (sql: string, ...more: unknown[]) => rows<Row>(manager, sql, [...page, ...more]);
  const all = await (scope === null
    ? read(OF_ALL)
    : 'projectId' in scope
      ? read(OF_PROJECT, scope.workspaceId, scope.projectId)
      : read(OF_WORKSPACES, scope.workspaceIds));
  const found = all.map(({ readAt: _, ...event }) => ({ ...event, at: iso(event.at) }));
  const [last, row] = [found.at(-1), all.at(-1)];
  if (!last || !row || found.length < limit) return { found, next: null };
  const { at, messageId, webhookId } = last;
  return { found, next: { at, messageId, webhookId, beganAt: after?.beganAt ?? iso(row.readAt) } };
}

/**
 * Everything there was at the beginning of a pass (null: of this transaction) has its delivery, or can have none: what is
 * asked for next begins there. Rows that somebody changes right now are left for the next time.
 */
export async function markTold(manager: EntityManager, beganAt: string | null): Promise<void> {
  await rows(
    manager,
    `WITH pass AS (SELECT coalesce($1::timestamptz, now()) AS began_at)
     UPDATE webhooks SET told_up_to = pass.began_at FROM pass WHERE id IN (
       SELECT id FROM webhooks WHERE disabled_at IS NULL AND told_up_to < pass.began_at - ${LOOK_EVERY_S} * interval '1 second'
       ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
     )`,
    [beganAt],
  );
}

/**
 * Writes deliveries, due at once; those that are there already stay as they are. Answers how many are new. In one order,
 * so that replicas that write the same wait for each other and not in a circle. `FOR SHARE`: a webhook that is switched off
 * meanwhile has either failed them or gets none.
 */
export async function insertDeliveries(manager: EntityManager, deliveries: readonly NewDelivery[]): Promise<number> {
  const inserted = await firstRow<{ n: number }>(
    manager,
    `WITH new AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS new (id uuid, webhook_id uuid, message_id text, event text, payload jsonb)
     ), webhook AS (
       SELECT id, workspace_id FROM webhooks
       WHERE id IN (SELECT webhook_id FROM new) AND disabled_at IS NULL ORDER BY id FOR SHARE
     ), inserted AS (
       INSERT INTO webhook_deliveries (id, workspace_id, webhook_id, message_id, event, payload, status, next_attempt_at)
       SELECT new.id, webhook.workspace_id, webhook.id, new.message_id, new.event, new.payload, 'waiting', now()
       FROM new JOIN webhook ON webhook.id = new.webhook_id
       ORDER BY webhook.id, new.message_id
       ON CONFLICT (webhook_id, message_id) WHERE replay_of IS NULL DO NOTHING
       RETURNING 1
     )
     SELECT count(*)::int AS n FROM inserted`,
    [JSON.stringify(deliveries)],
  );
  return inserted?.n ?? 0;
}
