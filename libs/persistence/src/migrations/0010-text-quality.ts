import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * Warnings of a text, and requirements with ids that stay.
 * Locks: ACCESS EXCLUSIVE on sections, projects and requirements for a moment: columns with constant defaults, and a key
 * over a table that nothing was written to before this release.
 * Previous release: can run beside this one. What it stores has no warnings, and its requirements are not read: they get
 * their ids with the next text of their section.
 */
export class TextQuality implements MigrationInterface {
  readonly name = 'TextQuality0000000000010';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- What is to be known of a finished text: [{rule, message}].
      ALTER TABLE sections ADD COLUMN warnings jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(warnings) = 'array');

      -- The highest number given, by prefix: {"FR": 12}. A number is never given again, whatever becomes of its text.
      ALTER TABLE projects ADD COLUMN last_requirement_numbers jsonb NOT NULL DEFAULT '{}';

      -- One row for each requirement and version it stands in.
      ALTER TABLE requirements
        DROP COLUMN id,
        -- Place in its section, from 1.
        ADD COLUMN position integer NOT NULL CHECK (position > 0);
      ALTER TABLE requirements ADD PRIMARY KEY (version_id, key);
    `);
  }
}
