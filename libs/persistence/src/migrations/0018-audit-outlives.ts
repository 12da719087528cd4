import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * What was noted of a workspace outlives it: a workspace with entries could not be deleted, as its entries would have gone
 * with it, which the triggers of `audit_log` refuse.
 * Locks: ACCESS EXCLUSIVE on audit_log and workspaces for a moment; no row is read.
 * Previous release: runs beside this one.
 */
export class AuditOutlives implements MigrationInterface {
  readonly name = 'AuditOutlives0000000000018';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE audit_log DROP CONSTRAINT audit_log_workspace_id_fkey');
  }
}
