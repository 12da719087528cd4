import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';
import { confine } from './row-security.js';
import type { Rights } from './row-security.js';

/** Where a role may do less than everything. */
const NARROW: Readonly<Record<string, Partial<Rights>>> = {
  // Made, never changed, by nobody.
  audit_log: { app: ['SELECT', 'INSERT'], engine: ['SELECT', 'INSERT'] },
  // A key that was given out is revoked and stays.
  api_keys: { app: ['SELECT', 'INSERT', 'UPDATE'] },
  run_events: { app: ['SELECT', 'INSERT'] },
  project_events: { app: ['SELECT', 'INSERT'] },
  outbox: { app: ['SELECT', 'INSERT', 'DELETE'] },
  // The engine's own books.
  usage_ledger: { app: ['SELECT'] },
  inbox: { app: ['SELECT'] },
  admission_turns: { app: ['SELECT'] },
};

/** What outgoing webhooks are made of, in all workspaces: a notifier sends whatever is due. */
const WEBHOOKS: Readonly<Record<string, string>> = {
  webhooks: 'SELECT, UPDATE',
  webhook_deliveries: 'SELECT, INSERT, UPDATE, DELETE',
  project_events: 'SELECT',
  run_events: 'SELECT',
  runs: 'SELECT',
};

/**
 * Workspaces are kept apart by the database itself, besides the conditions in the queries: the gateway and the notifier
 * act as `planwright_app` and see the rows of one workspace, the orchestrator and `ops` act as `planwright_engine`. Forced:
 * the owner of the tables is under it as well. The roles belong to the server, and `migrate` makes them before this.
 * Locks: ACCESS EXCLUSIVE on every table until all are done, which is a moment: no row is read.
 * Previous release: cannot run beside this one unless its user is a superuser or a member of `planwright_engine`, which
 * `migrate` makes its own user.
 */
export class RowLevelSecurity implements MigrationInterface {
  readonly name = 'RowLevelSecurity0000000000016';
  readonly down = forwardOnly;

  async up(db: QueryRunner): Promise<void> {
    await db.query(`GRANT USAGE ON SCHEMA public TO planwright_app, planwright_engine, planwright_webhooks;
      GRANT SELECT ON schema_migrations TO planwright_app, planwright_engine, planwright_webhooks;`);
    await confine(db, 'workspaces', { app: ['SELECT'] }, 'id');
    for (const table of await tablesOfWorkspaces(db)) {
      await confine(db, table, NARROW[table]);
    }
    for (const [table, verbs] of Object.entries(WEBHOOKS)) {
      await db.query(`
        CREATE POLICY every_webhook ON ${table} TO planwright_webhooks USING (true) WITH CHECK (true);
        GRANT ${verbs} ON ${table} TO planwright_webhooks;
      `);
    }
    await db.query(`
      -- Before it is known who asks: whoever shows a key sees that key's row.
      CREATE POLICY shown_key ON api_keys FOR SELECT TO planwright_app
        USING (nullif(current_setting('planwright.key_hash', true), '') IN (${(await hashesOfKeys(db)).join(', ')}));

      -- The notifier hears of a run or a project by its id, and acts for the workspace that has it. It answers with the id
      -- of a workspace and nothing else.
      CREATE FUNCTION planwright_channel_owner(channel_of text, subject uuid) RETURNS uuid
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT workspace_id FROM public.runs WHERE channel_of = 'run' AND id = subject
        UNION ALL
        SELECT workspace_id FROM public.projects WHERE channel_of = 'project' AND id = subject
      $$;
      REVOKE ALL ON FUNCTION planwright_channel_owner(text, uuid) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION planwright_channel_owner(text, uuid) TO planwright_app, planwright_engine;
    `);
  }
}

/** Columns that a key is found by. */
async function hashesOfKeys(db: QueryRunner): Promise<string[]> {
  const found = (await db.query(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = 'api_keys' AND column_name IN ('hash', 'previous_hash') ORDER BY 1`,
  )) as { name: string }[];
  return found.map(({ name }) => name);
}

/** Every table whose rows belong to a workspace, by name. */
async function tablesOfWorkspaces(db: QueryRunner): Promise<string[]> {
  const found = (await db.query(
    `SELECT table_name AS name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name = 'workspace_id' ORDER BY 1`,
  )) as { name: string }[];
  return found.map(({ name }) => name);
}
