import { execute, newProject, openDatabase } from '../test/fixture.js';
import type { TestDb } from '../test/fixture.js';

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
