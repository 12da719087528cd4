import { execute, newProject, openDatabase } from '../test/fixture.js';
import type { TestDb } from '../test/fixture.js';
import { Database, isUnavailable } from './index.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());

const connections = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'`;

describe('a transaction', () => {
  it('leaves nothing behind when its work throws', async () => {
    const before = await execute(own.db, 'SELECT 1 FROM inbox');
    const failed = own.db.transaction(async (tx) => {
      await tx.manager.query(`INSERT INTO inbox SELECT 'x', id, id FROM workspaces`);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await execute(own.db, 'SELECT 1 FROM inbox')).toEqual(before);
  });

  it('fails when its connection is lost, and the next one works', async () => {
    const failed = own.db.transaction(async (tx) => {
      const [session] = await tx.manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      await execute(own.db, 'SELECT pg_terminate_backend($1)', [session?.pid]);
      await tx.manager.query('SELECT 1');
    });
    await expect(failed).rejects.toThrow();
    await own.db.ping();
    await newProject(own.db);
  });

  it('waits for a free connection when all are taken', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => execute<{ n: number }>(own.db, connections)));
    expect(Math.max(...answers.flat().map(({ n }) => n))).toBeLessThanOrEqual(12);
  });
});

describe('a connection', () => {
  it('reads what is committed, whatever the server does by default and the URL says', async () => {
    const url = new URL(own.url);
    url.searchParams.set('options', '-c default_transaction_isolation=serializable -c statement_timeout=77s');
    const db = new Database({ url: url.href, poolSize: 1 });
    await db.connect();
    const settings = await execute(
      db,
      `SELECT current_setting('transaction_isolation') AS isolation, current_setting('statement_timeout') AS timeout,
         current_setting('jit') AS jit`,
    );
    await db.close();
    expect(settings).toEqual([{ isolation: 'read committed', timeout: '77s', jit: 'off' }]);
  });

  it('is given up when a statement is not answered, and the next one works', async () => {
    const db = new Database({ url: own.url, poolSize: 1, queryTimeoutMs: 100 });
    await db.connect();
    const late = await db
      .transaction((tx) => tx.manager.query('SELECT pg_sleep(2)'))
      .then(
        () => null,
        (error: unknown) => error,
      );
    expect(isUnavailable(late)).toBe(true);
    await db.ping();
    await db.close();
  });

  it('that is held up by a lock for too long is unavailable', () => {
    expect(isUnavailable({ driverError: { code: '55P03' } })).toBe(true);
    expect(isUnavailable({ driverError: { code: '23505' } })).toBe(false);
  });
});

it('refuses a statement whose transaction is over', async () => {
  const gone = await own.db.transaction(async (tx) => tx);
  await expect(gone.runs.lock('0199f3a2-7c1e-7a43-9d52-1f0c8a6b4e21')).rejects.toThrow('already released');
});
