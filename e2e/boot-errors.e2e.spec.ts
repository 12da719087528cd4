import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceAddresses, testDatabase, testPrefix } from '@planwright/testing';
import type { TestDatabase, TestPrefix } from '@planwright/testing';
import { AppProcess } from './src/app-process.js';
import { deleteTopology } from './src/broker.js';
import { migratedDatabase } from './src/distributed.js';
import { query } from './src/rows.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

const MAIN = {
  gateway: 'apps/gateway/dist/main.js',
  orchestrator: 'apps/orchestrator/dist/main.js',
  generator: 'apps/generator/dist/main.js',
  notifier: 'apps/notifier/dist/main.js',
  standalone: 'apps/standalone/dist/main.js',
  migrate: 'apps/orchestrator/dist/migrate.js',
} as const;
type App = keyof typeof MAIN;

/** Nothing listens on port 1. */
const NOBODY = '127.0.0.1:1';

let migrated: TestDatabase;
let empty: TestDatabase;
let newer: TestDatabase;
let names: TestPrefix;
let dataDir: string;
let taken: Server;

beforeAll(async () => {
  [migrated, newer, empty] = await Promise.all([migratedDatabase(), migratedDatabase(), testDatabase()]);
  await query(newer.url, `insert into schema_migrations ("timestamp", name) values (9999, 'FlyingCars0000000009999')`);
  names = testPrefix();
  dataDir = await mkdtemp(join(tmpdir(), 'pw-e2e-'));
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
}, 60_000);
afterAll(async () => {
  taken?.close();
  await Promise.all([migrated, newer, empty].map((database) => database?.drop()));
  await deleteTopology(serviceAddresses().rabbitmq, names.prefix);
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

/** What an app needs to start, with changes; a variable that is null is left out. */
function environment(change: Record<string, string | null>): Record<string, string> {
  const { rabbitmq, redis } = serviceAddresses();
  const sound = {
    PORT: '0',
    DATABASE_URL: migrated.url,
    RABBITMQ_URL: rabbitmq,
    REDIS_URL: redis,
    PLANWRIGHT_PREFIX: names.prefix,
    PLANWRIGHT_DATA_DIR: dataDir,
  };
  return Object.fromEntries(
    Object.entries({ ...sound, ...change }).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Each app ends by itself with a code that is not 0 and one line on standard error that fits. */
async function expectRefusal(apps: readonly App[], change: Record<string, string | null>, line: RegExp): Promise<void> {
  const ends = await Promise.all(
    apps.map(async (name) => {
      const app = new AppProcess({ name, file: MAIN[name], env: environment(change) });
      const { code } = await app.ended;
      return { name, code, stderr: app.stderr };
    }),
  );
  for (const { name, code, stderr } of ends) {
    const lines = stderr.split('\n').filter((text) => text !== '');
    expect({ name, code, lines }).toEqual({ name, code: 1, lines: [expect.stringMatching(line)] });
    // An address may hold a password.
    expect(stderr).not.toContain('s3cret');
  }
}

/** `npm run test:long` starts every app with every mistake; otherwise each mistake is made with one, each app has its own. */
const long = process.env['TEST_LONG'] !== undefined;
const of = (apps: readonly App[], one: App): readonly App[] => (long ? apps : [one]);
const WITH_DATABASE: App[] = ['gateway', 'orchestrator', 'notifier'];
const WITH_BROKER: App[] = ['gateway', 'orchestrator', 'generator', 'notifier'];

test('a database that is down, missing, without a schema, or too new for this release', async () => {
  const down = `postgres://me:s3cret@${NOBODY}/planwright`;
  await expectRefusal(
    of([...WITH_DATABASE, 'migrate'], 'notifier'),
    { DATABASE_URL: down },
    /PostgreSQL at 127\.0\.0\.1:1 can't be reached: connection refused/,
  );
  const missing = new URL(migrated.url);
  missing.pathname = '/pw_test_nowhere';
  await expectRefusal(['gateway'], { DATABASE_URL: missing.href }, /has no database "pw_test_nowhere"/);
  await expectRefusal(
    of(WITH_DATABASE, 'orchestrator'),
    { DATABASE_URL: empty.url },
    /has no schema yet: run the migrations first/,
  );
  await expectRefusal(
    of([...WITH_DATABASE, 'migrate'], 'migrate'),
    { DATABASE_URL: newer.url },
    /has schema 9999 \(FlyingCars\), newer than this release, which knows \d+ \(\w+\)/,
  );
}, 60_000);

test(
  'a broker that is down',
  () =>
    expectRefusal(
      of(WITH_BROKER, 'generator'),
      { RABBITMQ_URL: `amqp://me:s3cret@${NOBODY}` },
      /RabbitMQ.*127\.0\.0\.1:1/,
    ),
  60_000,
);

test('a port that is taken', async () => {
  const { port } = taken.address() as AddressInfo;
  const line = new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is already in use: stop the other process or set PORT`);
  await expectRefusal(of([...WITH_BROKER, 'standalone'], 'standalone'), { PORT: String(port) }, line);
}, 60_000);

test('a variable that is missing or makes no sense', async () => {
  await expectRefusal(
    of(WITH_DATABASE, 'gateway'),
    { DATABASE_URL: null },
    /DATABASE_URL .*required|DATABASE_URL is missing/i,
  );
  await expectRefusal(of(WITH_BROKER, 'orchestrator'), { RABBITMQ_URL: null }, /RABBITMQ_URL/);
  await expectRefusal(of(WITH_BROKER, 'notifier'), { REDIS_URL: 'http://127.0.0.1' }, /REDIS_URL .*redis:\/\//);
  await expectRefusal(
    of([...WITH_BROKER, 'standalone'], 'generator'),
    { PORT: 'http' },
    /PORT .*whole number from 0 to 65535/,
  );
}, 60_000);

test(
  'an open door on an address that others can reach',
  () =>
    expectRefusal(
      of(['gateway', 'notifier', 'standalone'], 'gateway'),
      { HOST: '0.0.0.0', PLANWRIGHT_AUTH: 'off' },
      /PLANWRIGHT_AUTH must be required while HOST is 0\.0\.0\.0: off is for loopback only/,
    ),
  60_000,
);

leaveNothingRunning();
