import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Runs, and the documents, versions and sections they write.
 * Locks: SHARE ROW EXCLUSIVE on workspaces and projects for the foreign keys, for a moment; both are small.
 * Previous release: can run, it knows nothing of these tables.
 */
export class RunsAndDocuments implements MigrationInterface {
  readonly name = 'RunsAndDocuments0000000000002';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE runs (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('plan', 'feature')),
        mode text CHECK (mode IN ('draft', 'detailed')),
        status text NOT NULL DEFAULT 'queued'
          CHECK (status IN ('queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled')),
        provider text NOT NULL,
        model text NOT NULL,
        triggered_by text NOT NULL,
        input_snapshot jsonb NOT NULL,
        -- By document kind.
        pinned_blueprints jsonb NOT NULL,
        pinned_templates jsonb NOT NULL,
        retry_of uuid REFERENCES runs ON DELETE SET NULL,
        -- A person asked; and the engine acted on it. Two writers, two columns.
        cancel_requested_at timestamptz(3),
        cancel_noted_at timestamptz(3),
        event_seq integer NOT NULL DEFAULT 0,
        -- These four speak of the document being written.
        current_stage integer,
        sections_completed integer NOT NULL DEFAULT 0,
        sections_total integer NOT NULL,
        eta_seconds integer,
        error text,
        problem jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        CHECK ((finished_at IS NOT NULL) = (status IN ('succeeded', 'partial', 'failed', 'cancelled'))),
        CHECK ((error IS NULL) = (problem IS NULL))
      );
      CREATE INDEX runs_by_project ON runs (project_id, id DESC);
      CREATE INDEX runs_by_retry ON runs (retry_of) WHERE retry_of IS NOT NULL;
      -- What the sweeper looks at; ended runs, nearly all there are, are not in it.
      CREATE INDEX runs_active ON runs (created_at) WHERE status IN ('queued', 'running');

      -- One row per thing a run writes, while it is active: two runs never write the same. Deferred, as these rows
      -- are inserted first, to find out whether the run may be written at all.
      CREATE TABLE run_scopes (
        project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
        scope text NOT NULL,
        workspace_id uuid NOT NULL,
        run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (project_id, scope)
      );
      CREATE INDEX run_scopes_by_run ON run_scopes (run_id);

      CREATE TABLE documents (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
        kind text NOT NULL,
        -- Only for documents of a feature.
        feature_id uuid,
        active_version_id uuid,
        last_version_number integer NOT NULL DEFAULT 0,
        archived_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        UNIQUE NULLS NOT DISTINCT (project_id, kind, feature_id)
      );

      CREATE TABLE document_versions (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL,
        document_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
        number integer NOT NULL CHECK (number > 0),
        status text NOT NULL DEFAULT 'queued'
          CHECK (status IN ('queued', 'generating', 'ready', 'partial', 'failed', 'cancelled')),
        mode text CHECK (mode IN ('draft', 'detailed')),
        blueprint_id text NOT NULL,
        run_id uuid REFERENCES runs ON DELETE SET NULL,
        -- Place in the run's chain, from 1.
        run_position integer NOT NULL,
        -- The pointer as it was at the run's start: this version becomes active only if it still is that.
        base_active_version_id uuid,
        -- Versions this one is made from, by document kind.
        inputs jsonb NOT NULL,
        current_stage integer,
        provider text NOT NULL,
        model text NOT NULL,
        meta jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        ended_at timestamptz(3),
        UNIQUE (document_id, number),
        UNIQUE (run_id, run_position)
      );
      ALTER TABLE documents ADD FOREIGN KEY (active_version_id) REFERENCES document_versions;

      CREATE TABLE sections (
        version_id uuid NOT NULL REFERENCES document_versions ON DELETE CASCADE,
        section_id text NOT NULL,
        workspace_id uuid NOT NULL,
        title text NOT NULL,
        "order" integer NOT NULL,
        status text NOT NULL DEFAULT 'pending'
          CHECK (status IN ('pending', 'generating', 'completed', 'failed', 'cancelled')),
        -- Three things, three columns: finished text, text cut off, what went wrong.
        content text,
        draft text,
        error text,
        problem jsonb,
        sha256 text,
        step_id uuid,
        provider text,
        model text,
        prompt_hash text,
        template_hash text,
        input_hash text,
        usage jsonb,
        -- Micro-units of the currency.
        cost bigint,
        generated_at timestamptz(3),
        PRIMARY KEY (version_id, section_id),
        CHECK ((content IS NOT NULL) = (status = 'completed')),
        CHECK ((sha256 IS NOT NULL) = (content IS NOT NULL)),
        CHECK ((error IS NOT NULL) = (status = 'failed')),
        CHECK ((problem IS NULL) = (error IS NULL)),
        CHECK (draft IS NULL OR status IN ('failed', 'cancelled'))
      );
    `);
  }
}
