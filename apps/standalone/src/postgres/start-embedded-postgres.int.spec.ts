import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSourceChild, waitFor } from '@planwright/testing';
import { Client } from 'pg';
import { isAlive } from './process-table.js';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './start-embedded-postgres.js';

let dir: string;
const running: EmbeddedPostgres[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pw-embedded-')); // only its owner may enter
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

test('a folder with spaces, quotes, umlauts and a long name keeps its data over a restart', async () => {
  const dataDir = join(dir, "my plans, Bjørn's größte", 'x'.repeat(120), 'postgres');
  const first = await start(dataDir);
  await query(first.url, `create table plan (idea text); insert into plan values ('Ärmel')`);
  await first.stop();
  await first.stop();

  const second = await start(dataDir);
  expect(await query(second.url, 'select idea from plan')).toEqual([{ idea: 'Ärmel' }]);
  expect(second.version).toMatch(/^18\.\d+/);
});

test('it is UTF-8, ordered by code point, on the loopback address alone, behind a password', async () => {
  const dataDir = join(dir, 'facts');
  const { url } = await start(dataDir);
  const facts = `select current_setting('server_encoding') as encoding, upper('é') as upper, 'Z' < 'a' as by_code_point,
                        current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`;
  expect(await query(url, facts)).toEqual([
    { encoding: 'UTF8', upper: 'É', by_code_point: true, addresses: '127.0.0.1', sockets: '' },
  ]);
  await expect(query(url.replace(/:\w+@/, ':guess@'), 'select 1')).rejects.toThrow('password authentication failed');
  const password = await stat(join(dataDir, 'data', 'planwright.password'));
  expect([(await stat(dataDir)).mode & 0o777, password.mode & 0o777]).toEqual([0o700, 0o600]);
});

test('a second start on the folder names the folder, and the first goes on', async () => {
  const dataDir = join(dir, 'in-use');
  const { url } = await start(dataDir);
  await expect(start(dataDir)).rejects.toThrow(
    `Another Planwright is running on the data folder ${dataDir} (its database`,
  );
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('of two starts at the same time on a new folder one wins', async () => {
  const dataDir = join(dir, 'race');
  // In one process both would make the same half-made folder; the second one would throw away the first one's.
  const children = await Promise.all([holdInChild(dataDir), holdInChild(dataDir)]);
  const said = await Promise.all(children.map((child) => child.nextLine()));
  await Promise.all(children.map((child) => child.kill('SIGKILL')));
  expect(said.sort()).toEqual(
    ['ready', expect.stringContaining(`Another Planwright is running on the data folder ${dataDir}`)].sort(),
  );
});

test('a server that is killed is reported, and the next start recovers what was committed', async () => {
  const dataDir = join(dir, 'crash');
  const ends: string[] = [];
  const first = await start(dataDir, { onUnexpectedEnd: (how) => ends.push(how) });
  await query(first.url, 'create table t as select 42 as n');
  process.kill(await postmasterOf(dataDir), 'SIGKILL');
  await waitFor(() => ends.length > 0, { what: 'the report' });
  expect(ends).toEqual(['SIGKILL']);

  const second = await start(dataDir);
  expect(await query(second.url, 'select n from t')).toEqual([{ n: 42 }]);
});

test('a pid file that names a stranger by now does not keep the server from starting', async () => {
  const dataDir = join(dir, 'stranger');
  await (await start(dataDir)).stop();
  await writeFile(join(dataDir, 'data', 'postmaster.pid'), `${process.pid}\n${dataDir}/data\n1\n5999\n\n127.0.0.1\n`);
  const { url } = await start(dataDir);
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('data of another major version is refused with both versions', async () => {
  const dataDir = join(dir, 'old');
  await (await start(dataDir)).stop();
  await writeFile(join(dataDir, 'data', 'PG_VERSION'), '17\n');
  await expect(start(dataDir)).rejects.toThrow(
    `The data in ${dataDir} is of PostgreSQL 17 and this release brings PostgreSQL 18`,
  );
});

test('what a start left that was killed halfway is thrown away', async () => {
  const dead = spawn('true');
  await once(dead, 'exit');
  const halfMade = join(dir, 'half', `init-${dead.pid}`);
  await mkdir(join(halfMade, 'base'), { recursive: true });
  await start(join(dir, 'half'));
  await expect(stat(halfMade)).rejects.toThrow('ENOENT');
});

if (process.platform === 'linux') {
  test('the server goes with a starter that is killed', async () => {
    const dataDir = join(dir, 'tethered');
    const child = await holdInChild(dataDir);
    expect(await child.nextLine()).toBe('ready');
    const pid = await postmasterOf(dataDir);
    await child.kill('SIGKILL');
    await waitFor(() => !isAlive(pid), { what: 'the end of the server' });
  });
}

async function start(dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, ...options });
  running.push(server);
  return server;
}

function holdInChild(dataDir: string): ReturnType<typeof startSourceChild> {
  return startSourceChild({
    code: `
      import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => {} }).then(
        () => console.log('ready'), (error) => console.log(error.message));`,
  });
}

async function postmasterOf(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
