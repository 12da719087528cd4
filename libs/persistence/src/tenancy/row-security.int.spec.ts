import { newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import type { TestDatabase } from '@planwright/testing';
import { Client } from 'pg';
import { oneRowEach, tenantTables } from '../../test/tenancy/one-row-each.js';
import type { TenantTable } from '../../test/tenancy/one-row-each.js';
import { migrate } from '../index.js';
import { beginsAs } from './acting-for.js';

const [mine, theirs] = [newId(), newId()];
let own: TestDatabase;
let client: Client;
let tables: TenantTable[];

beforeAll(async () => {
  own = await testDatabase({ migrate: async (url) => void (await migrate(url)), key: 'persistence' });
  client = new Client({ connectionString: own.url });
  await client.connect();
  // One of the migrations makes the first workspace.
  await client.query('DELETE FROM workspaces');
  tables = await tenantTables(client);
});
afterAll(async () => {
  await client.end();
  await own.drop();
});

/** What comes of a statement: how many rows it touched, or the code of its refusal. Nothing of it stays. */
async function outcome(begin: string, sql: string, parameters: unknown[] = []): Promise<number | string> {
  await client.query(`BEGIN; ${begin}`);
  try {
    return (await client.query(sql, parameters)).rowCount ?? 0;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.query('ROLLBACK');
  }
}

async function ofEach(attempt: (table: TenantTable) => Promise<number | string>) {
  const outcomes: [string, number | string][] = [];
  for (const table of tables) outcomes.push([table.name, await attempt(table)]);
  return Object.fromEntries(outcomes);
}
const each = (value: number | string) => Object.fromEntries(tables.map(({ name }) => [name, value]));

const app = beginsAs({ workspaceId: mine, keyHash: null });
const nobody = beginsAs({ workspaceId: null, keyHash: null });
const engine = 'SET LOCAL ROLE planwright_engine';

const REFUSED = '42501';

/** Tables that are not under row-level security with both policies, whoever owns them. */
const open = async (): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'schema_migrations' AND NOT (
       c.relrowsecurity AND c.relforcerowsecurity AND ARRAY(
         SELECT p.policyname || ' ' || array_to_string(p.roles, ',') FROM pg_policies p
         WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.cmd = 'ALL'
       ) @> ARRAY['own_workspace planwright_app', 'every_workspace planwright_engine'])
     ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
};

describe('the tables', () => {
  it('are all under forced row-level security (a new one: await confine(db, table) in its migration)', async () => {
    expect(await open()).toEqual([]);
    expect(tables.length).toBeGreaterThan(20);
  });

  it('are missed when a migration forgets one', async () => {
    await client.query('BEGIN; CREATE TABLE holograms (id uuid, workspace_id uuid NOT NULL)');
    expect(await open()).toEqual(['holograms']);
    await client.query('ROLLBACK');
  });

  it('that are written once are not changed by the role of the gateway, and the log of audits by nobody', async () => {
    for (const table of ['audit_log', 'run_events', 'project_events', 'usage_ledger']) {
      expect([table, await outcome(app, `UPDATE ${table} SET workspace_id = workspace_id`)]).toEqual([table, REFUSED]);
      expect([table, await outcome(app, `DELETE FROM ${table}`)]).toEqual([table, REFUSED]);
    }
    expect(await outcome(engine, 'UPDATE audit_log SET actor = actor')).toBe(REFUSED);
    expect(await outcome(engine, 'DELETE FROM audit_log')).toBe(REFUSED);
    expect(await outcome(app, `INSERT INTO workspaces (id, name) VALUES ('${mine}', 'x')`)).toBe(REFUSED);
  });
});

describe('with a row of two workspaces in each table, and every right on them', () => {
  beforeAll(async () => {
    await oneRowEach(client, tables, [mine, theirs]);
    await client.query('GRANT ALL ON ALL TABLES IN SCHEMA public TO planwright_app');
  });

  const select = ({ name }: TenantTable) => `SELECT 1 FROM ${name}`;
  const foreign = ({ name, tenant }: TenantTable) => `SELECT 1 FROM ${name} WHERE ${tenant} = '${theirs}'`;
  const update = ({ name, tenant }: TenantTable) =>
    `UPDATE ${name} SET ${tenant} = ${tenant} WHERE ${tenant} = '${theirs}'`;
  const take = ({ name, tenant }: TenantTable) => `UPDATE ${name} SET ${tenant} = '${theirs}'`;
  const remove = ({ name, tenant }: TenantTable) => `DELETE FROM ${name} WHERE ${tenant} = '${theirs}'`;
  /** A copy of a row as another new row of that workspace. */
  const insert = ({ name, tenant, columns }: TenantTable) => {
    const list = columns.map((column) => `"${column}"`).join(', ');
    return `INSERT INTO ${name} (${list}) OVERRIDING SYSTEM VALUE
      SELECT ${list} FROM jsonb_populate_record(NULL::${name}, $1::jsonb || jsonb_build_object('${tenant}', '${theirs}'))`;
  };
  const stored = async ({ name, tenant }: TenantTable): Promise<string> => {
    const sql = `SELECT to_jsonb(t) AS row FROM ${name} t WHERE ${tenant} = '${mine}'`;
    return JSON.stringify((await client.query<{ row: object }>(sql)).rows[0]?.row);
  };

  it('the role of the gateway sees the rows of the workspace that it acts for', async () => {
    expect(await ofEach((table) => outcome(app, select(table)))).toEqual(each(1));
    expect(await ofEach((table) => outcome(app, foreign(table)))).toEqual(each(0));
  });

  it('it changes no others, and removes none', async () => {
    expect(await ofEach((table) => outcome(app, update(table)))).toEqual(each(0));
    expect(await ofEach((table) => outcome(app, remove(table)))).toEqual(each(0));
    expect(await ofEach((table) => outcome(app, take(table)))).toEqual(each(REFUSED));
  });

  it('it adds none to another workspace', async () => {
    expect(await ofEach(async (table) => outcome(app, insert(table), [await stored(table)]))).toEqual(each(REFUSED));
  });

  it('acting for nobody it sees nothing', async () => {
    expect(await ofEach((table) => outcome(nobody, select(table)))).toEqual(each(0));
    expect(await ofEach((table) => outcome('SET LOCAL ROLE planwright_app', select(table)))).toEqual(each(0));
  });

  it('whoever shows the key of another workspace sees that key alone', async () => {
    const hash = 'a'.repeat(64);
    await client.query('UPDATE api_keys SET hash = $1 WHERE workspace_id = $2', [hash, theirs]);
    const shown = beginsAs({ workspaceId: null, keyHash: hash });
    expect(await ofEach((table) => outcome(shown, select(table)))).toEqual({ ...each(0), api_keys: 1 });
    expect(await outcome(shown, 'UPDATE api_keys SET revoked_at = now()')).toBe(0);
  });

  it('the role of webhooks sees of all workspaces what they are made of, and nothing else', async () => {
    const webhooks = 'SET LOCAL ROLE planwright_webhooks';
    expect(await ofEach((table) => outcome(webhooks, select(table)))).toEqual({
      ...each(REFUSED),
      ...{ webhooks: 2, webhook_deliveries: 2, project_events: 2, run_events: 2, runs: 2 },
    });
    expect(await outcome(webhooks, 'UPDATE runs SET status = status')).toBe(REFUSED);
  });

  it('the role of the engine sees all', async () => {
    expect(await ofEach((table) => outcome(engine, select(table)))).toEqual(each(2));
  });

  it('without row-level security the same statements reach the other workspace', async () => {
    const off = tables.map(({ name }) => `ALTER TABLE ${name} DISABLE ROW LEVEL SECURITY`).join('; ');
    const bare = `${off}; ${app}`;
    expect(await ofEach((table) => outcome(bare, foreign(table)))).toEqual(each(1));
    expect(await ofEach((table) => outcome(bare, update(table)))).toEqual(each(1));
    expect(await ofEach((table) => outcome(bare, remove(table)))).toEqual(each(1));
    const [projects] = tables.filter(({ name }) => name === 'projects');
    if (!projects) throw new Error('there are no projects');
    const copy = JSON.stringify({ ...JSON.parse(await stored(projects)), id: newId() });
    expect(await outcome(bare, insert(projects), [copy])).toBe(1);
  });
});
