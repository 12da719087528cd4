import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * The ledger call by call, with what each cost; what a workspace prefers and may spend.
 * Locks: ACCESS EXCLUSIVE on usage_ledger while its key and its index are built anew (about two seconds for a million
 * rows), and on steps, sections and workspaces for a moment: columns without a default.
 * Previous release: can run beside this one. What it books is call 1 of its attempt, without a price; it never has two.
 */
export class CallsCostAndBudgets implements MigrationInterface {
  readonly name = 'CallsCostAndBudgets0000000000009';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE usage_ledger
        -- 1, 2, … within the attempt: a fallback is a call of its own, with its own provider and model.
        ADD COLUMN call smallint NOT NULL DEFAULT 1 CHECK (call > 0),
        -- Parts of input_tokens (the first two) and of output_tokens.
        ADD COLUMN cached_input_tokens integer NOT NULL DEFAULT 0,
        ADD COLUMN cache_write_tokens integer NOT NULL DEFAULT 0,
        ADD COLUMN reasoning_tokens integer NOT NULL DEFAULT 0,
        -- finished, stopped, or the code of a failure; null where a generator of an older release told of no calls.
        ADD COLUMN outcome text,
        -- The provider's name for the call.
        ADD COLUMN request_id text;
      ALTER TABLE usage_ledger DROP CONSTRAINT usage_ledger_pkey;
      ALTER TABLE usage_ledger ADD PRIMARY KEY (step_id, attempt, call);
      -- With the cost in it, so that what a month has cost is read from the index alone.
      DROP INDEX usage_ledger_by_workspace;
      CREATE INDEX usage_ledger_by_workspace ON usage_ledger (workspace_id, at) INCLUDE (cost);

      -- Beside usage: the sum of what is priced, in micro-units, and how many calls are not. Both null before any call.
      ALTER TABLE steps ADD COLUMN cost bigint, ADD COLUMN unpriced_calls integer;
      ALTER TABLE sections ADD COLUMN unpriced_calls integer;

      ALTER TABLE workspaces
        ADD COLUMN preferred_provider text,
        ADD COLUMN preferred_model text,
        -- Micro-units in a calendar month, UTC; null: no budget.
        ADD COLUMN monthly_budget bigint CHECK (monthly_budget >= 0);
    `);
  }
}
