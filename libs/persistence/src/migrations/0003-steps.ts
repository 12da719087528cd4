import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Steps: one per section that a run writes.
 * Locks: SHARE ROW EXCLUSIVE on runs and sections for the foreign keys, for a moment. Previous release: can run.
 */
export class Steps implements MigrationInterface {
  readonly name = 'Steps0000000000003';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE steps (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL,
        run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
        document_id uuid NOT NULL,
        version_id uuid NOT NULL,
        section_id text NOT NULL,
        stage integer NOT NULL,
        -- Place in the run, from 1: document by document, in blueprint order.
        ordinal integer NOT NULL,
        status text NOT NULL DEFAULT 'queued'
          CHECK (status IN ('queued', 'running', 'delayed', 'succeeded', 'failed', 'cancelled')),
        -- The fence: rises with every command that is issued; 0 before the first.
        attempt integer NOT NULL DEFAULT 0,
        tries integer NOT NULL DEFAULT 0,
        rate_limits integer NOT NULL DEFAULT 0,
        spent_ms integer NOT NULL DEFAULT 0,
        losses integer NOT NULL DEFAULT 0,
        -- Provider time left when the command was issued.
        timeout_ms integer,
        next_attempt_at timestamptz(3),
        reason text,
        position integer,
        repair jsonb,
        streaming boolean NOT NULL DEFAULT false,
        deadline timestamptz(3),
        issued_at timestamptz(3),
        started_at timestamptz(3),
        -- Last sign of life of the current attempt.
        seen_at timestamptz(3),
        finished_at timestamptz(3),
        error text,
        problem jsonb,
        -- Over all tries.
        usage jsonb,
        provider text,
        model text,
        UNIQUE (run_id, ordinal),
        UNIQUE (version_id, section_id),
        FOREIGN KEY (version_id, section_id) REFERENCES sections ON DELETE CASCADE,
        CHECK ((next_attempt_at IS NOT NULL) = (status = 'delayed')),
        CHECK (reason IS NOT NULL OR status NOT IN ('delayed', 'cancelled')),
        CHECK (status <> 'running' OR started_at IS NOT NULL),
        CHECK (problem IS NOT NULL OR status <> 'failed'),
        CHECK ((error IS NULL) = (problem IS NULL)),
        CHECK ((finished_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'cancelled')))
      );
      -- Both hold only the few rows that wait, however many have ended.
      CREATE INDEX steps_due ON steps (next_attempt_at) WHERE status = 'delayed';
      CREATE INDEX steps_silent ON steps (seen_at) WHERE status IN ('queued', 'running') AND attempt > 0;
    `);
  }
}
