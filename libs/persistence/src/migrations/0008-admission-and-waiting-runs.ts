import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Fair admission of steps before the broker, and runs that wait for another one to end.
 * Locks: ACCESS EXCLUSIVE on steps and run_scopes for a moment: columns with constant defaults and a key over a table
 * that holds active runs only. The indexes on steps and runs are partial, and their rows few.
 * Previous release: can run beside this one. It sends commands without admitting them; the new release then admits such
 * a step once more, and the generators' leases keep its second command from being carried out.
 */
export class AdmissionAndWaitingRuns implements MigrationInterface {
  readonly name = 'AdmissionAndWaitingRuns0000000000008';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- A waiting run takes its rows, too: one run waits for a scope at most.
      ALTER TABLE run_scopes ADD COLUMN waiting boolean NOT NULL DEFAULT false;
      ALTER TABLE run_scopes DROP CONSTRAINT run_scopes_pkey;
      ALTER TABLE run_scopes ADD PRIMARY KEY (project_id, scope, waiting);

      ALTER TABLE steps
        -- Which of the generators' queues its command goes to.
        ADD COLUMN class text NOT NULL DEFAULT 'interactive' CHECK (class IN ('interactive', 'background', 'features')),
        -- What admission counts a step as, in and out together.
        ADD COLUMN estimated_tokens integer NOT NULL DEFAULT 2000 CHECK (estimated_tokens > 0),
        -- When the current attempt's command was handed to the outbox; null while it waits for its turn.
        ADD COLUMN admitted_at timestamptz(3),
        -- The message that led to the current attempt, and its trace.
        ADD COLUMN cause_id uuid,
        ADD COLUMN traceparent text;
      CREATE INDEX steps_waiting ON steps (class, workspace_id, issued_at, id)
        WHERE status = 'queued' AND attempt > 0 AND admitted_at IS NULL;
      CREATE INDEX steps_admitted ON steps (class) WHERE status IN ('queued', 'running') AND admitted_at IS NOT NULL;

      -- Deficit round robin between the workspaces that have steps waiting; a row goes when its workspace has none.
      CREATE TABLE admission_turns (
        class text NOT NULL,
        workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
        -- Place in the round, lowest first.
        turn bigint NOT NULL,
        -- Tokens it may still use in this turn.
        deficit integer NOT NULL DEFAULT 0,
        -- True while its turn was cut short for want of a free slot.
        in_turn boolean NOT NULL DEFAULT false,
        PRIMARY KEY (class, workspace_id)
      );

      CREATE INDEX runs_active_by_workspace ON runs (workspace_id) WHERE status IN ('queued', 'running');
    `);
  }
}
