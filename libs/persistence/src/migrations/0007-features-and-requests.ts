import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Features, requirements, and what is kept about requests: their keys, outgoing webhooks, the audit log.
 * Locks: SHARE ROW EXCLUSIVE on workspaces, projects, runs, documents and document_versions for the foreign keys, for a
 * moment; the check of `tasks.feature_id` reads that table. Previous release: can run.
 */
export class FeaturesAndRequests implements MigrationInterface {
  readonly name = 'FeaturesAndRequests0000000000007';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE features (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
        run_id uuid REFERENCES runs ON DELETE SET NULL,
        description text NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
        processing_started_at timestamptz(3),
        processing_completed_at timestamptz(3),
        error_message text,
        generated_from_idea boolean NOT NULL DEFAULT false,
        spec_version_id uuid REFERENCES document_versions ON DELETE SET NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CHECK ((status = 'failed') = (error_message IS NOT NULL))
      );
      CREATE INDEX features_by_project ON features (project_id, id);
      ALTER TABLE tasks ADD FOREIGN KEY (feature_id) REFERENCES features ON DELETE SET NULL;

      -- Found in a PRD's text, shown beside it and never written into it; matched by text across versions.
      CREATE TABLE requirements (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        document_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
        key text NOT NULL CHECK (key ~ '^(FR|NFR)-[1-9][0-9]*$'),
        version_id uuid NOT NULL REFERENCES document_versions ON DELETE CASCADE,
        section_id text NOT NULL,
        quote text NOT NULL,
        hash text NOT NULL,
        UNIQUE (document_id, key, version_id)
      );

      -- The first answer to a request, for 24 hours; written in the transaction of its effect.
      CREATE TABLE idempotency_keys (
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        route text NOT NULL,
        key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
        body_hash text NOT NULL,
        status integer NOT NULL CHECK (status BETWEEN 200 AND 299),
        response jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (workspace_id, route, key)
      );
      CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

      CREATE TABLE webhooks (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        url text NOT NULL,
        -- Two while they are exchanged. Sealed where the gateway has a key to seal with, else as they are.
        secrets bytea[] NOT NULL,
        events text[] NOT NULL,
        disabled_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX webhooks_by_workspace ON webhooks (workspace_id, id);

      CREATE TABLE webhook_deliveries (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        webhook_id uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
        event text NOT NULL,
        payload jsonb NOT NULL,
        status text NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz(3),
        last_status integer,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CHECK ((status = 'waiting') = (next_attempt_at IS NOT NULL))
      );
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE status = 'waiting';

      -- Append-only.
      CREATE TABLE audit_log (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        actor text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        before_hash text,
        after_hash text,
        at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX audit_log_by_workspace ON audit_log (workspace_id, at);
    `);
  }
}
