import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Workspaces, API keys, projects, board columns.
 * Locks: nothing that exists; all tables are new. Previous release: there is none.
 *
 * Every table has `workspace_id`, copied from the row it hangs on, so that isolation by row can be switched on without
 * touching data. Instants have milliseconds, as JavaScript has: what was written is what is read.
 */
export class WorkspacesAndProjects implements MigrationInterface {
  readonly name = 'WorkspacesAndProjects0000000000001';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE workspaces (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      INSERT INTO workspaces (id, name) VALUES ('00000000-0000-7000-8000-000000000001', 'default');

      -- Keys themselves are never stored.
      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        name text NOT NULL,
        hash text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
        scopes text[] NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        revoked_at timestamptz(3)
      );
      CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id, id);

      -- The three active versions of a project are not here: documents.active_version_id is their one home.
      CREATE TABLE projects (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        name text NOT NULL,
        idea text NOT NULL,
        constraints text NOT NULL,
        preferred_provider text,
        preferred_model text,
        event_seq integer NOT NULL DEFAULT 0,
        last_task_number integer NOT NULL DEFAULT 0,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX projects_by_workspace ON projects (workspace_id, id DESC);

      -- Rows without a project are the workspace's defaults.
      CREATE TABLE columns (
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        project_id uuid REFERENCES projects ON DELETE CASCADE,
        key text NOT NULL,
        title text NOT NULL,
        category text NOT NULL CHECK (category IN ('todo', 'started', 'done')),
        position integer NOT NULL,
        UNIQUE NULLS NOT DISTINCT (workspace_id, project_id, key)
      );
      INSERT INTO columns (workspace_id, key, title, category, position) VALUES
        ('00000000-0000-7000-8000-000000000001', 'todo', 'To do', 'todo', 1),
        ('00000000-0000-7000-8000-000000000001', 'in_progress', 'In progress', 'started', 2),
        ('00000000-0000-7000-8000-000000000001', 'done', 'Done', 'done', 3);
    `);
  }
}
