import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Numbered events of runs and projects; outbox and inbox.
 * Locks: SHARE ROW EXCLUSIVE on runs and projects for the foreign keys, for a moment. Previous release: can run.
 */
export class EventsAndMessages implements MigrationInterface {
  readonly name = 'EventsAndMessages0000000000004';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- The body of the live event; a section's text stays in sections and is joined when read.
      CREATE TABLE run_events (
        run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
        n integer NOT NULL CHECK (n > 0),
        workspace_id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (run_id, n)
      );

      CREATE TABLE project_events (
        project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
        n integer NOT NULL CHECK (n > 0),
        workspace_id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (project_id, n)
      );

      -- Rows are deleted once the broker has confirmed them, so the table stays as small as the backlog.
      CREATE TABLE outbox (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        workspace_id uuid NOT NULL,
        run_id uuid,
        name text NOT NULL,
        causation_id uuid,
        traceparent text,
        payload jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL
      );

      -- Written in the transaction of the effect: a message seen twice has one effect.
      CREATE TABLE inbox (
        consumer text NOT NULL,
        message_id uuid NOT NULL,
        workspace_id uuid NOT NULL,
        received_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, message_id)
      );
      CREATE INDEX inbox_by_age ON inbox (received_at);
    `);
  }
}
