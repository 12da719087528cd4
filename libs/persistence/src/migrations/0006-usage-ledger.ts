import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * What was used, once per attempt; append-only.
 * Locks: SHARE ROW EXCLUSIVE on workspaces for the foreign key, for a moment. Previous release: can run.
 *
 * No foreign key to runs or projects: deleting a project does not undo what it used.
 */
export class UsageLedger implements MigrationInterface {
  readonly name = 'UsageLedger0000000000006';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE usage_ledger (
        step_id uuid NOT NULL,
        attempt integer NOT NULL,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        project_id uuid NOT NULL,
        run_id uuid NOT NULL,
        provider text NOT NULL,
        model text NOT NULL,
        input_tokens integer NOT NULL,
        output_tokens integer NOT NULL,
        estimated boolean NOT NULL,
        -- Micro-units of the currency; null while no price is known.
        cost bigint,
        at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (step_id, attempt)
      );
      CREATE INDEX usage_ledger_by_workspace ON usage_ledger (workspace_id, at);
    `);
  }
}
