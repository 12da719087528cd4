import { newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import type { TestDatabase } from '@planwright/testing';
import { Client } from 'pg';
import { migrate, onBehalfOf, SchemaError, WebhookDatabase, WorkspaceDatabase } from '../index.js';
import { beginsAs } from './acting-for.js';

/** Who logs in. Roles belong to the whole server: these have names of their own, and go with the test. */
const users: string[] = [];
const PASSWORD = 'a-password-of-tests';
let own: TestDatabase;
let admin: Client;
let owner: string;

async function newUser(...roles: string[]): Promise<string> {
  const name = `pw_test_${newId().replaceAll('-', '')}`;
  users.push(name);
  await admin.query(`CREATE ROLE ${name} LOGIN NOCREATEROLE PASSWORD '${PASSWORD}'`);
  for (const role of roles) await admin.query(`GRANT ${role} TO ${name}`);
  return name;
}

function urlOf(user: string): string {
  const url = new URL(own.url);
  [url.username, url.password] = [user, PASSWORD];
  return url.href;
}

async function as<T>(user: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: urlOf(user) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const count = async (client: Client): Promise<number> =>
  (await client.query<{ n: number }>('SELECT count(*)::int AS n FROM workspaces')).rows[0]?.n ?? -1;

beforeAll(async () => {
  own = await testDatabase();
  // The roles are there as soon as any database of this server has been migrated.
  const other = await testDatabase({ migrate: async (url) => void (await migrate(url)), key: 'persistence' });
  await other.drop();
  admin = new Client({ connectionString: own.url });
  await admin.connect();
  owner = await newUser();
  await admin.query(`ALTER DATABASE ${own.name} OWNER TO ${owner}`);
});
afterAll(async () => {
  for (const user of users) await admin.query(`DROP OWNED BY ${user} CASCADE`);
  await admin.end();
  await own.drop();
  const server = new Client({ connectionString: new URL('/postgres', own.url).href });
  await server.connect();
  for (const user of users) await server.query(`DROP ROLE ${user}`);
  await server.end();
});

describe('an owner that may not make roles', () => {
  it('is told what to run by hand, and nothing is changed', async () => {
    const failed: unknown = await migrate(urlOf(owner)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(SchemaError);
    expect((failed as Error).message).toBe(
      `"${owner}" may not make the roles that keep workspaces apart: run as an administrator of the server: ` +
        `GRANT planwright_app TO "${owner}"; GRANT planwright_engine TO "${owner}"; GRANT planwright_webhooks TO "${owner}"; ` +
        'Then run the migrations again.',
    );
    expect((await admin.query(`SELECT 1 FROM pg_class WHERE relname = 'projects'`)).rowCount).toBe(0);
  });

  it('takes roles that are there, and is a superuser of nothing', async () => {
    await admin.query(`GRANT planwright_app, planwright_engine, planwright_webhooks TO ${owner}`);
    expect(await migrate(urlOf(owner))).toContain('RowLevelSecurity0000000000016');
    expect(await migrate(urlOf(owner))).toEqual([]);
    expect(await as(owner, count)).toBe(1);
  });

  it('is under row-level security itself: forced, and without the role of the engine it sees nothing', async () => {
    await admin.query(`REVOKE planwright_app, planwright_engine FROM ${owner}`);
    expect(await as(owner, count)).toBe(0);
    await admin.query(`GRANT planwright_app, planwright_engine TO ${owner}`);
  });
});

describe('a user that is a member of planwright_app alone', () => {
  let user: string;
  let [mine, theirs] = ['', ''];
  beforeAll(async () => {
    user = await newUser('planwright_app');
    [mine, theirs] = [newId(), newId()];
    await admin.query(`INSERT INTO workspaces (id, name) VALUES ('${mine}', 'mine'), ('${theirs}', 'theirs')`);
  });

  it('is enough for a gateway', async () => {
    const db = new WorkspaceDatabase({ url: urlOf(user), poolSize: 1 });
    await db.connect();
    const seen = (id: string) => onBehalfOf(mine, () => db.read.workspace(id));
    expect([await seen(mine), await seen(theirs)]).toMatchObject([{ name: 'mine' }, null]);
    await db.close();
  });

  it('does not get out of the role', async () => {
    await as(user, async (client) => {
      await client.query(`BEGIN; ${beginsAs({ workspaceId: mine, keyHash: null })}`);
      await client.query('RESET ROLE');
      expect(await count(client)).toBe(1);
      await client.query('ROLLBACK');
      expect(await count(client)).toBe(0);
      await expect(client.query('SET ROLE planwright_engine')).rejects.toThrow('permission denied');
      await expect(client.query('ALTER TABLE workspaces DISABLE ROW LEVEL SECURITY')).rejects.toThrow('must be owner');
      await client.query('SET row_security = off');
      await expect(count(client)).rejects.toThrow('row-level security');
    });
  });

  it('is refused where it would need more, with what to run', async () => {
    const db = new WebhookDatabase({ url: urlOf(user), poolSize: 1 });
    await expect(db.connect()).rejects.toThrow(
      `"${user}" may not act as planwright_webhooks in database "${own.name}": run as its owner or an administrator: GRANT planwright_webhooks TO "${user}";`,
    );
  });
});

describe('a user with all roles', () => {
  it('leaves nothing of a transaction behind for the next one on its connection', async () => {
    const db = new WorkspaceDatabase({ url: urlOf(owner), poolSize: 1 });
    await db.connect();
    const [id] = (await admin.query<{ id: string }>('SELECT id FROM workspaces LIMIT 1')).rows.map((row) => row.id);
    const ask = () => db.read.workspace(id ?? '');
    expect(await onBehalfOf(id ?? '', ask)).not.toBeNull();
    expect(await ask()).toBeNull();
    await expect(onBehalfOf(id ?? '', () => db.transaction((tx) => tx.manager.query('SELECT 1/0')))).rejects.toThrow();
    expect(await ask()).toBeNull();
    await expect(onBehalfOf("'; DROP TABLE runs; --", ask)).rejects.toThrow('this is no id of a workspace');
    await db.close();
  });

  it('asks for each of many at once what it asked for', async () => {
    const db = new WorkspaceDatabase({ url: urlOf(owner), poolSize: 2 });
    await db.connect();
    const ids = (await admin.query<{ id: string }>('SELECT id FROM workspaces')).rows.map((row) => row.id);
    const asked = Array.from({ length: 60 }, (_, i) => ids[i % ids.length] ?? '');
    const found = await Promise.all(asked.map((id) => onBehalfOf(id, () => db.read.workspacesNamed(id))));
    expect(found.map((rows) => rows.map((row) => row.id))).toEqual(asked.map((id) => [id]));
    await db.close();
  });
});
