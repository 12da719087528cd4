import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Cards of the board.
 * Locks: SHARE ROW EXCLUSIVE on projects and document_versions for the foreign keys, for a moment. Previous release: can run.
 */
export class Tasks implements MigrationInterface {
  readonly name = 'Tasks0000000000005';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE tasks (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL,
        project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
        -- From projects.last_task_number; never used again, whatever becomes of the card.
        number integer NOT NULL CHECK (number > 0),
        key text NOT NULL GENERATED ALWAYS AS ('T-' || number) STORED,
        title text NOT NULL,
        description text NOT NULL,
        acceptance_criteria text[] NOT NULL,
        type text NOT NULL CHECK (type IN ('feature', 'enabler', 'bug', 'chore', 'spike')),
        priority text NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
        estimate integer,
        labels text[] NOT NULL,
        status text NOT NULL,
        -- Base-62 digits in byte order, whatever the database's language.
        rank text COLLATE "C" NOT NULL,
        dependencies uuid[] NOT NULL,
        requirements text[] NOT NULL,
        origin text NOT NULL CHECK (origin IN ('ai', 'user')),
        source_task_set_id uuid REFERENCES document_versions ON DELETE SET NULL,
        feature_id uuid,
        edited_fields text[] NOT NULL DEFAULT '{}',
        -- Field values as last generated: what a person's edit is measured against.
        base jsonb,
        suggestion jsonb,
        -- Left out of a newer task set; or deleted by a person. Both can be brought back.
        retired_at timestamptz(3),
        deleted_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        UNIQUE (project_id, number),
        CHECK ((base IS NOT NULL) = (origin = 'ai'))
      );
      CREATE INDEX tasks_on_board ON tasks (project_id, status, rank, id) WHERE retired_at IS NULL AND deleted_at IS NULL;
      CREATE INDEX tasks_by_task_set ON tasks (source_task_set_id) WHERE source_task_set_id IS NOT NULL;
    `);
  }
}
