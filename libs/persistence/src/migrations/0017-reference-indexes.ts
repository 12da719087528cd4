import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Indexes for references that a deletion follows: without one, every row that goes is looked for in the whole table that
 * may refer to it. Workspaces are never deleted, so references to them have none.
 * Locks: SHARE on documents, features and columns while their indexes are built; who writes there waits.
 * Previous release: runs beside this one.
 */
export class ReferenceIndexes implements MigrationInterface {
  readonly name = 'ReferenceIndexes0000000000017';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX documents_by_active_version ON documents (active_version_id) WHERE active_version_id IS NOT NULL;
      CREATE INDEX features_by_spec_version ON features (spec_version_id) WHERE spec_version_id IS NOT NULL;
      CREATE INDEX columns_by_project ON columns (project_id) WHERE project_id IS NOT NULL;
    `);
  }
}
