import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Features that are written by a run: how many cards one has, whose documents are whose, and events of their own channel.
 * Locks: ACCESS EXCLUSIVE on project_events while its key is built anew (about two seconds for a million rows), and on
 * projects, features and documents for a moment: columns with constant defaults, and a key over few rows.
 * Previous release: can run beside this one. Its events are those of the project's own channel; it makes no feature.
 */
export class FeatureWorkflow implements MigrationInterface {
  readonly name = 'FeatureWorkflow0000000000012';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Cards its tasks came to; 0 until it is completed.
      ALTER TABLE features ADD COLUMN task_count integer NOT NULL DEFAULT 0 CHECK (task_count >= 0);
      -- A run writes one feature at most; of several runs the newest is the feature's.
      CREATE UNIQUE INDEX features_by_run ON features (run_id) WHERE run_id IS NOT NULL;
      DROP INDEX features_by_project;
      CREATE INDEX features_by_project ON features (project_id, id DESC);
      -- What has failed and may be tried again.
      CREATE INDEX features_failed ON features (workspace_id, id) WHERE status = 'failed';

      ALTER TABLE documents ADD FOREIGN KEY (feature_id) REFERENCES features ON DELETE CASCADE;
      CREATE INDEX documents_by_feature ON documents (feature_id) WHERE feature_id IS NOT NULL;
      CREATE INDEX tasks_by_feature ON tasks (feature_id) WHERE feature_id IS NOT NULL;

      -- Each channel of a project has numbers of its own, without gaps: a log admits nothing else.
      ALTER TABLE project_events
        ADD COLUMN channel text NOT NULL DEFAULT 'project' CHECK (channel IN ('project', 'features'));
      ALTER TABLE project_events DROP CONSTRAINT project_events_pkey;
      ALTER TABLE project_events ADD PRIMARY KEY (project_id, channel, n);
      -- As event_seq, for the channel of features.
      ALTER TABLE projects ADD COLUMN feature_event_seq integer NOT NULL DEFAULT 0;
    `);
  }
}
