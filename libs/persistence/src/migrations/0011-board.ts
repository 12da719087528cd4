import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * A board that people work on: one card for each place, and what a person wants to keep.
 * Locks: ACCESS EXCLUSIVE on tasks for a moment (a column with a constant default), then SHARE while the index is built
 * anew (well under a second for 100,000 cards).
 * Previous release: can run beside this one. It puts cards at the end of a column, under the lock that this one takes.
 */
export class Board implements MigrationInterface {
  readonly name = 'Board0000000000011';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- True once a person has brought the card back, or wants it although newer task sets have no such card.
      ALTER TABLE tasks ADD COLUMN kept boolean NOT NULL DEFAULT false;
      -- No two cards of a column have one rank. Those off the board have no place; a restored one gets one.
      DROP INDEX tasks_on_board;
      CREATE UNIQUE INDEX tasks_on_board ON tasks (project_id, status, rank)
        WHERE retired_at IS NULL AND deleted_at IS NULL;
    `);
  }
}
