import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { serviceAddresses } from './services/addresses.js';
import { newTestName, testRun } from './test-run.js';

export interface TestDatabase {
  /** Of a database of this caller alone. */
  url: string;
  name: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

export interface Migrations {
  /** Brings the empty database at `url` to its schema, and closes its connections. */
  migrate(url: string): Promise<void>;
  /** Tells migration sets apart where a test run has several. Default: `schema`. */
  key?: string;
}

/**
 * A database for one test file. With `migrations` it is a copy of a template that the first caller of a test run makes
 * and all others wait for: migrations run once per test run, a copy takes about 50 ms.
 * What is not dropped is dropped by the end of the test run.
 */
export async function testDatabase(migrations?: Migrations): Promise<TestDatabase> {
  const server = serviceAddresses().postgres;
  const name = newTestName('pw_test_');
  await asAdmin(server, async (client) => {
    const template = migrations ? await templateFor(migrations, client, server) : 'template0';
    await client.query(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`);
  });
  return { url: urlOf(server, name), name, drop: () => asAdmin(server, (client) => drop(client, name)) };
}

/** Drops every database of a test run, and those that killed test runs left on this server hours ago. */
export async function dropTestDatabases(server: string, run: string): Promise<void> {
  await asAdmin(server, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database where starts_with(datname, 'pw_test_')`,
    );
    for (const { name } of rows) {
      const [, , owner = ''] = name.split('_');
      if (owner === run || isOld(owner)) await drop(client, name);
    }
  });
}

const OLD_AFTER_MS = 6 * 3_600_000;

/** A run's id begins with its start in seconds, base 36 (test-run.ts). */
function isOld(run: string): boolean {
  const startedAt = Number.parseInt(run.slice(0, -4), 36) * 1000;
  return startedAt > 0 && Date.now() - startedAt > OLD_AFTER_MS;
}

async function templateFor(migrations: Migrations, client: Client, server: string): Promise<string> {
  const hash = createHash('sha256')
    .update(migrations.key ?? 'schema')
    .digest('hex')
    .slice(0, 8);
  const name = `pw_test_${testRun()}_template_${hash}`;
  // Other workers wait here until the template is whole. The lock is released with the connection, also in a crash.
  await client.query('select pg_advisory_lock(hashtext($1))', [name]);
  try {
    const { rows } = await client.query('select from pg_database where datname = $1', [name]);
    if (rows.length === 0) await makeTemplate(name, migrations, client, server);
  } finally {
    await client.query('select pg_advisory_unlock(hashtext($1))', [name]);
  }
  return name;
}

/** Under another name until it is whole, so that a failed migration leaves nothing that looks like a template. */
async function makeTemplate(name: string, migrations: Migrations, client: Client, server: string): Promise<void> {
  const draft = `${name}_draft`;
  await drop(client, draft);
  await client.query(`create database ${escapeIdentifier(draft)} template template0`);
  await migrations.migrate(urlOf(server, draft));
  for (let triesLeft = 100; ; triesLeft -= 1) {
    try {
      await client.query(`alter database ${escapeIdentifier(draft)} rename to ${escapeIdentifier(name)}`);
      return;
    } catch (error) {
      // A connection that was closed just now is still counted for a moment.
      const inUse = typeof error === 'object' && error !== null && 'code' in error && error.code === '55006';
      if (!inUse || triesLeft === 0) throw error;
      await sleep(20);
    }
  }
}

async function drop(client: Client, name: string): Promise<void> {
  await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
}

async function asAdmin<T>(server: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
