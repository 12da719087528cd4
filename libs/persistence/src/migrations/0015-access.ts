import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/**
 * What API keys need to expire and to be rotated, and an audit log that nobody can rewrite.
 * Locks: ACCESS EXCLUSIVE on api_keys and audit_log for a moment; both are small.
 * Previous release: can run beside this one. It takes a key that has expired, and does not know the secret before a
 * rotation.
 */
export class Access implements MigrationInterface {
  readonly name = 'Access0000000000015';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE api_keys
        -- Eight characters that a key begins with, so that a person knows it again; null where it came from outside.
        ADD COLUMN public_id text UNIQUE CHECK (public_id ~ '^[0-9a-z]{8}$'),
        ADD COLUMN created_by text NOT NULL DEFAULT 'configuration',
        ADD COLUMN expires_at timestamptz(3),
        ADD COLUMN last_used_at timestamptz(3),
        ADD COLUMN rotated_at timestamptz(3),
        -- Of the secret before the last rotation, which is good until then.
        ADD COLUMN previous_hash text UNIQUE CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
        ADD COLUMN previous_expires_at timestamptz(3),
        ADD CHECK ((previous_hash IS NULL) = (previous_expires_at IS NULL)),
        -- One role: it includes those below it.
        ADD CHECK (cardinality(scopes) = 1 AND scopes <@ ARRAY['viewer', 'editor', 'admin']);

      ALTER TABLE audit_log ADD COLUMN request_id text;
      CREATE INDEX audit_log_by_workspace_id ON audit_log (workspace_id, id DESC);

      -- Also for whoever may write every row: rights alone would not hold the owner back.
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
        END
      $$;
      CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON audit_log
        FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
      CREATE TRIGGER audit_log_is_never_emptied BEFORE TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
    `);
  }
}
