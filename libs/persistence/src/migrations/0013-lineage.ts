import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * What each text was made from, and what a person wished for when it was written anew.
 * Locks: ACCESS EXCLUSIVE on sections, steps and document_versions for a moment (columns without a default), and on runs
 * while their kinds are looked through.
 * Previous release: can run beside this one. It notes nothing of this, so what it writes never shows as stale, and it
 * writes a section without the wishes that came with it.
 */
export class Lineage implements MigrationInterface {
  readonly name = 'Lineage0000000000013';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Runs that write single sections: others can be added to them while they write.
      ALTER TABLE runs DROP CONSTRAINT runs_kind_check;
      ALTER TABLE runs ADD CONSTRAINT runs_kind_check CHECK (kind IN ('plan', 'sections', 'feature'));

      -- Hashes of what the text was made from, by input (idea, sections.goals_objectives, prd, …); null where there was
      -- none then. Staleness follows from these alone.
      ALTER TABLE sections ADD COLUMN made_from jsonb;
      -- Part of the prompt, beside the text that is replaced.
      ALTER TABLE steps ADD COLUMN instructions text;
      -- The version whose finished sections were taken over, and whose texts are replaced; null where nothing was.
      ALTER TABLE document_versions ADD COLUMN source_version_id uuid REFERENCES document_versions ON DELETE SET NULL;
      CREATE INDEX document_versions_by_source ON document_versions (source_version_id) WHERE source_version_id IS NOT NULL;
    `);
  }
}
