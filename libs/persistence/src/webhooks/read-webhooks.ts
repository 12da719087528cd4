import type { DeliveriesQuery, DeliveryResource, Page, WebhookResource } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import type { PageRequest } from '../reads/pages.js';
import { readPage } from '../reads/pages.js';
import { firstRow, iso, rows } from '../sql.js';

type Instants<T, K extends keyof T> = Omit<T, K> & { [P in K]: null extends T[P] ? Date | null : Date };
type WebhookRow = Instants<
  Omit<WebhookResource, 'enabled'>,
  'disabled_at' | 'failing_since' | 'previous_secret_until' | 'created_at' | 'updated_at'
>;
type DeliveryRow = Instants<DeliveryResource, 'next_attempt_at' | 'last_attempt_at' | 'created_at'>;

// Secrets are not among the columns: nothing that reads webhooks for people can show one.
const WEBHOOKS = `
  SELECT id, url, events, description, disabled_at, disabled_reason, failing_since, created_at, updated_at,
    CASE WHEN previous_secret_until > now() THEN previous_secret_until END AS previous_secret_until
  FROM webhooks`;

const DELIVERIES = `
  SELECT id, webhook_id, message_id, event, status, attempts, next_attempt_at, last_attempt_at, last_status, last_error,
    replay_of, payload, created_at
  FROM webhook_deliveries`;

const toWebhook = (row: WebhookRow): WebhookResource => ({
  ...row,
  enabled: row.disabled_at === null,
  disabled_at: iso(row.disabled_at),
  failing_since: iso(row.failing_since),
  previous_secret_until: iso(row.previous_secret_until),
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});

const toDelivery = (row: DeliveryRow): DeliveryResource => ({
  ...row,
  next_attempt_at: iso(row.next_attempt_at),
  last_attempt_at: iso(row.last_attempt_at),
  created_at: iso(row.created_at),
});

export async function readWebhook(
  manager: EntityManager,
  workspaceId: string,
  id: string,
): Promise<WebhookResource | null> {
  const row = await firstRow<WebhookRow>(manager, `${WEBHOOKS} WHERE workspace_id = $1 AND id = $2`, [workspaceId, id]);
  return row && toWebhook(row);
}

/** Newest first. */
export function readWebhooks(
  manager: EntityManager,
  workspaceId: string,
  page: PageRequest,
): Promise<Page<WebhookResource>> {
  return readPage<WebhookRow, WebhookResource>(
    {
      name: 'webhooks',
      keys: ['uuid'],
      rows: (after, limit) =>
        rows(manager, `${WEBHOOKS} WHERE workspace_id = $1 ${after ? 'AND id < $3' : ''} ORDER BY id DESC LIMIT $2`, [
          workspaceId,
          limit,
          ...(after ?? []),
        ]),
      keysOf: ({ id }) => [id],
      toItem: toWebhook,
    },
    page,
  );
}

export async function readDelivery(
  manager: EntityManager,
  workspaceId: string,
  webhookId: string,
  id: string,
): Promise<DeliveryResource | null> {
  const sql = `${DELIVERIES} WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3`;
  const row = await firstRow<DeliveryRow>(manager, sql, [workspaceId, webhookId, id]);
  return row && toDelivery(row);
}

/** Newest first, whatever became of them. */
export function readDeliveries(
  manager: EntityManager,
  workspaceId: string,
  webhookId: string,
  { status, ...page }: DeliveriesQuery,
): Promise<Page<DeliveryResource>> {
  return readPage<DeliveryRow, DeliveryResource>(
    {
      name: 'deliveries',
      keys: ['uuid'],
      rows: (after, limit) =>
        rows(
          manager,
          `${DELIVERIES} WHERE workspace_id = $1 AND webhook_id = $2 AND ($4::text IS NULL OR status = $4)
             ${after ? 'AND id < $5' : ''}
           ORDER BY id DESC LIMIT $3`,
          [workspaceId, webhookId, limit, status ?? null, ...(after ?? [])],
        ),
      keysOf: ({ id }) => [id],
      toItem: toDelivery,
    },
    page,
  );
}
