import { testDatabase } from '@planwright/testing';
import type { TestDatabase } from '@planwright/testing';
import { DataSource } from 'typeorm';
import { startScriptedServer } from '../test/scripted-server.js';
import { dataSourceOptions } from './connection.js';
import { ConnectionError, Database, migrate, SchemaError } from './index.js';
import { LATEST_NAME, MIGRATIONS, numberOf } from './migrations/migrations.js';

let own: TestDatabase;
beforeEach(async () => {
  own = await testDatabase();
});
afterEach(() => own.drop());

async function connectTo(url: string): Promise<Error | null> {
  const db = new Database({ url });
  try {
    await db.connect();
    return null;
  } catch (error) {
    return error as Error;
  } finally {
    await db.close();
  }
}

async function execute(sql: string): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions({ url: own.url })).initialize();
  await dataSource.query(sql);
  await dataSource.destroy();
}

/** Leaves the database as the release with so many migrations did. */
async function migrateTo(count: number): Promise<void> {
  const options = { ...dataSourceOptions({ url: own.url }), migrations: MIGRATIONS.slice(0, count) };
  const dataSource = await new DataSource(options).initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  await dataSource.destroy();
}

const all = MIGRATIONS.map((Migration) => new Migration().name);
/** `9 (CallsCostAndBudgets)` */
const NEWEST = `${numberOf(LATEST_NAME)} (${LATEST_NAME.slice(0, -13)})`;

describe('migrate', () => {
  it('brings an empty database to this release, and then has nothing to do', async () => {
    const lines: string[] = [];
    expect(await migrate(own.url, { log: (line) => lines.push(line) })).toEqual(all);
    expect(lines).toHaveLength(all.length);
    expect(await migrate(own.url)).toEqual([]);
    expect(await connectTo(own.url)).toBeNull();
  });

  it('lets one of several processes work while the others wait', async () => {
    const applied = await Promise.all([migrate(own.url), migrate(own.url), migrate(own.url)]);
    expect(applied.flat()).toEqual(all);
  });

  it('goes on where an older release stopped', async () => {
    await migrateTo(6);
    const error = await connectTo(own.url);
    expect(error).toBeInstanceOf(SchemaError);
    expect(error?.message).toContain(
      `has schema 6 (UsageLedger), older than this release: run the migrations first (it needs ${NEWEST})`,
    );
    expect(await migrate(own.url)).toEqual(all.slice(6));
  });

  it('refuses a schema that is newer than this release, and names both', async () => {
    await migrate(own.url);
    await execute(`INSERT INTO schema_migrations ("timestamp", name) VALUES (9999, 'Holograms0000000009999')`);
    const sentence = `has schema 9999 (Holograms), newer than this release, which knows ${NEWEST}`;
    await expect(migrate(own.url)).rejects.toThrow(sentence);
    const error = await connectTo(own.url);
    expect(error).toBeInstanceOf(SchemaError);
    expect(error?.message).toContain(sentence);
  });
});

describe('connect', () => {
  const elsewhere = (change: (url: URL) => void) => {
    const url = new URL(own.url);
    change(url);
    return url.href;
  };

  it('says that there is no schema yet', async () => {
    const error = await connectTo(own.url);
    expect(error).toBeInstanceOf(SchemaError);
    expect(error?.message).toBe(
      `Database "${own.name}" has no schema yet: run the migrations first (this release needs schema ${NEWEST}).`,
    );
  });

  it('says that the server is down', async () => {
    const error = await connectTo(elsewhere((url) => (url.port = '1')));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error?.message).toMatch(/^PostgreSQL at .+:1 can't be reached: connection refused\. Is it running\?$/);
  });

  it('says that the database does not exist, also when it should migrate it', async () => {
    const url = elsewhere((it) => (it.pathname = '/pw_test_nowhere'));
    const sentence = /has no database "pw_test_nowhere": create it/;
    expect((await connectTo(url))?.message).toMatch(sentence);
    await expect(migrate(url)).rejects.toThrow(sentence);
  });

  it('says that the URL is none', async () => {
    expect((await connectTo('planwright'))?.message).toMatch(/^The database URL is not a URL such as/);
  });

  it('says that the password is wrong, without naming it', async () => {
    const server = await startScriptedServer({ refuse: { code: '28P01', message: 'password authentication failed' } });
    const error = await connectTo(`postgres://ada:secret@127.0.0.1:${server.port}/plans`);
    await server.close();
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error?.message).toBe(
      `PostgreSQL at 127.0.0.1:${server.port} refused the password of "ada" for database "plans".`,
    );
  });

  it('says that the server is too old', async () => {
    const server = await startScriptedServer({ version: '14.11 (Debian 14.11-1)' });
    const error = await connectTo(`postgres://ada@127.0.0.1:${server.port}/plans`);
    await server.close();
    expect(error).toBeInstanceOf(SchemaError);
    expect(error?.message).toBe(
      `PostgreSQL at 127.0.0.1:${server.port} is version 14.11; PostgreSQL 15 or newer is needed.`,
    );
  });

  it('answers a ping while the server is there', async () => {
    await migrate(own.url);
    const db = new Database({ url: own.url });
    await db.connect();
    await db.ping();
    await db.close();
    await expect(db.ping()).rejects.toThrow();
  });
});
