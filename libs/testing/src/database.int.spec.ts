import { Client } from 'pg';
import { dropTestDatabases, testDatabase, type Migrations } from './database.js';
import { serviceAddresses } from './services/addresses.js';
import { newTestRun } from './test-run.js';

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

test('migrations run once for databases made at the same time, and each is the caller’s own', async () => {
  let runs = 0;
  const migrations: Migrations = {
    key: 'database.int.spec once',
    async migrate(url) {
      runs += 1;
      await query(url, 'create table plan (idea text)');
    },
  };
  const databases = await Promise.all([1, 2, 3, 4].map(() => testDatabase(migrations)));
  expect(runs).toBe(1);
  await query(databases[0]?.url ?? '', `insert into plan values ('one')`);
  const counts = await Promise.all(databases.map(({ url }) => query(url, 'select count(*)::int as n from plan')));
  expect(counts.flat()).toEqual([{ n: 1 }, { n: 0 }, { n: 0 }, { n: 0 }]);
  await Promise.all(databases.map((database) => database.drop()));
});

test('a migration that fails leaves no template behind', async () => {
  const key = 'database.int.spec failure';
  const failing = testDatabase({
    key,
    migrate: (url) => query(url, 'create table t (x nonsense)').then(() => undefined),
  });
  await expect(failing).rejects.toThrow('type "nonsense" does not exist');
  const database = await testDatabase({
    key,
    migrate: (url) => query(url, 'create table t (x int)').then(() => undefined),
  });
  expect(await query(database.url, 'select * from t')).toEqual([]);
  await database.drop();
});

test('without migrations it is empty, and it can be dropped while somebody is connected', async () => {
  const database = await testDatabase();
  expect(await query(database.url, `select from pg_tables where schemaname = 'public'`)).toEqual([]);
  const client = new Client({ connectionString: database.url });
  const cut = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await database.drop();
  await cut;
  await expect(query(database.url, 'select 1')).rejects.toThrow(`database "${database.name}" does not exist`);
});

test('the databases of one run are dropped, and those of runs long dead, but not those of others', async () => {
  const server = serviceAddresses().postgres;
  const idOfRun = (hoursAgo: number): string =>
    Math.floor(Date.now() / 1000 - hoursAgo * 3600).toString(36) + newTestRun().slice(-4);
  const [mine, dead, other] = [idOfRun(1), idOfRun(7), idOfRun(2)];
  for (const run of [mine, dead, other]) await query(server, `create database pw_test_${run}_x`);
  await dropTestDatabases(server, mine);
  const left = `select datname as name from pg_database where datname = any ('{${[mine, dead, other].map((run) => `pw_test_${run}_x`).join(',')}}')`;
  expect(await query(server, left)).toEqual([{ name: `pw_test_${other}_x` }]);
  await dropTestDatabases(server, other);
});
