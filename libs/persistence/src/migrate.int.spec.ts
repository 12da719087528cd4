import { testDatabase } from '@planwright/testing';
import type { TestDatabase } from '@planwright/testing';
import { DataSource } from 'typeorm';
import { startScriptedServer } from '../test/scripted-server.js';
import { dataSourceOptions } from './connection.js';
import { ConnectionError, Database, migrate, SchemaError } from './index.js';
import { MIGRATIONS } from './migrations/migrations.js';

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

const all = MIGRATIONS.map((Migration) => new Migration().name);

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
    await migrate(own.url);
    await execute(
      `ALTER TABLE tasks DROP CONSTRAINT tasks_feature_id_fkey; DROP TABLE features, requirements, idempotency_keys, webhook_deliveries, webhooks, audit_log; DELETE FROM schema_migrations WHERE name IN ('FeaturesAndRequests0000000000007', 'AdmissionAndWaitingRuns0000000000008', 'CallsCostAndBudgets0000000000009');
       ALTER TABLE run_scopes DROP COLUMN waiting, ADD PRIMARY KEY (project_id, scope); DROP TABLE admission_turns; DROP INDEX runs_active_by_workspace;
       ALTER TABLE steps DROP COLUMN class, DROP COLUMN estimated_tokens, DROP COLUMN admitted_at, DROP COLUMN cause_id, DROP COLUMN traceparent, DROP COLUMN cost, DROP COLUMN unpriced_calls;
       ALTER TABLE sections DROP COLUMN unpriced_calls;
       ALTER TABLE workspaces DROP COLUMN preferred_provider, DROP COLUMN preferred_model, DROP COLUMN monthly_budget;
       DROP TABLE usage_ledger;
       CREATE TABLE usage_ledger (
         step_id uuid, attempt integer, workspace_id uuid, at timestamptz, cost bigint, CONSTRAINT usage_ledger_pkey PRIMARY KEY (step_id, attempt)
       );
       CREATE INDEX usage_ledger_by_workspace ON usage_ledger (workspace_id, at)`,
    );
    const error = await connectTo(own.url);
    expect(error).toBeInstanceOf(SchemaError);
    expect(error?.message).toMatch(
      /has schema 6 \(UsageLedger\), older than this release: run the migrations first \(it needs 9 \(CallsCostAndBudgets\)\)/,
    );
    expect(await migrate(own.url)).toEqual([
      'FeaturesAndRequests0000000000007',
      'AdmissionAndWaitingRuns0000000000008',
      'CallsCostAndBudgets0000000000009',
    ]);
  });

  it('refuses a schema that is newer than this release, and names both', async () => {
    await migrate(own.url);
    await execute(`INSERT INTO schema_migrations ("timestamp", name) VALUES (9999, 'Holograms0000000009999')`);
    const sentence = /has schema 9999 \(Holograms\), newer than this release, which knows 9 \(CallsCostAndBudgets\)/;
    await expect(migrate(own.url)).rejects.toThrow(sentence);
    const error = await connectTo(own.url);
    expect(error).toBeInstanceOf(SchemaError);
    expect(error?.message).toMatch(sentence);
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
      `Database "${own.name}" has no schema yet: run the migrations first (this release needs schema 9 (CallsCostAndBudgets)).`,
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
