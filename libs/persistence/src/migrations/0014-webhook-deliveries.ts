import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * What outgoing webhooks need: which events were told, what became of each attempt, and when to give up.
 * Locks: ACCESS EXCLUSIVE on webhooks and webhook_deliveries for a moment (no release has written to them yet); SHARE on
 * project_events and run_events while their indexes are built (about a second for a million rows).
 * Previous release: can run beside this one; it sends no webhooks.
 */
export class WebhookDeliveries implements MigrationInterface {
  readonly name = 'WebhookDeliveries0000000000014';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- \`secrets\`: the newest first; the second signs until \`previous_secret_until\`.
      ALTER TABLE webhooks
        ADD COLUMN description text NOT NULL DEFAULT '',
        ADD COLUMN previous_secret_until timestamptz(3),
        ADD COLUMN disabled_reason text CHECK (disabled_reason IN ('person', 'gone', 'failing')),
        -- Events before this are none of this webhook's.
        ADD COLUMN active_since timestamptz(3) NOT NULL DEFAULT now(),
        -- Every event that was visible at this instant has its delivery.
        ADD COLUMN told_up_to timestamptz(3) NOT NULL DEFAULT now(),
        ADD COLUMN failing_since timestamptz(3),
        ADD COLUMN last_failed_at timestamptz(3),
        ADD COLUMN updated_at timestamptz(3) NOT NULL DEFAULT now(),
        ADD CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
        ADD CHECK ((failing_since IS NULL) = (last_failed_at IS NULL)),
        ADD CHECK (cardinality(secrets) = CASE WHEN previous_secret_until IS NULL THEN 1 ELSE 2 END);
      CREATE INDEX webhooks_told ON webhooks (told_up_to) WHERE disabled_at IS NULL;

      -- \`message_id\`: made of the event's place, so that an event has one, whoever tells of it and how often.
      ALTER TABLE webhook_deliveries
        ADD COLUMN message_id text NOT NULL,
        ADD COLUMN replay_of uuid,
        ADD COLUMN last_attempt_at timestamptz(3),
        ADD COLUMN last_error text,
        ADD CHECK (attempts >= 0);
      CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (webhook_id, message_id) WHERE replay_of IS NULL;
      CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id DESC);
      DROP INDEX webhook_deliveries_due;
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_at) WHERE status = 'waiting';
      CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (created_at) WHERE status <> 'waiting';

      CREATE INDEX project_events_by_time ON project_events (workspace_id, at);
      CREATE INDEX run_events_documents ON run_events (workspace_id, at) WHERE body ->> 'type' = 'document_complete';
    `);
  }
}
