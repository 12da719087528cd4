import { execute, newProject, openDatabase } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import { openScene } from '../../test/verify-scene.js';
import type { Scene } from '../../test/verify-scene.js';
import type { Database, Tx } from '../index.js';
import { INVARIANTS } from './invariants.js';
import { checkInvariants, verify } from './verify.js';

let test: TestDb;
let scene: Scene;
beforeEach(async () => {
  test = await openDatabase();
  scene = await openScene(test.db);
});
afterEach(() => test.close());

const names = async (options?: Parameters<typeof verify>[1]): Promise<string[]> =>
  (await verify(test.db, options)).findings.map(({ invariant }) => invariant);
/** The database as `verify` gets it, with something done before its first question about rows. */
const interrupted = (first: (tx: Tx) => Promise<void>): Database => {
  const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    test.db.transaction((tx) => {
      let isDone = false;
      const query = async (sql: string, parameters?: unknown[]): Promise<unknown> => {
        if (!isDone && sql.includes(' FROM (')) {
          isDone = true;
          await first(tx);
        }
        return tx.manager.query(sql, parameters);
      };
      return work({ manager: { query } } as unknown as Tx);
    });
  return { transaction } as Database;
};

it('finds nothing where everything is as it should be, in recent runs and in all', async () => {
  expect(await verify(test.db)).toMatchObject({ checked: INVARIANTS.length, findings: [] });
  expect(await names({ all: true })).toEqual([]);
});

it('finds nothing where there is nothing', async () => {
  await execute(test.db, 'TRUNCATE projects CASCADE');
  expect(await names({ all: true })).toEqual([]);
  await newProject(test.db);
  expect(await names({ all: true })).toEqual([]);
});

it('tells how many there are, shows some, and says what they mean', async () => {
  await execute(test.db, `UPDATE sections SET content = content || '!' WHERE content IS NOT NULL`);
  const { at, findings } = await verify(test.db, { limitPerInvariant: 2 });
  expect(Date.parse(at)).toBeGreaterThan(Date.now() - 60_000);
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  expect(finding).toMatchObject({ invariant: 'text_unlike_its_hash', kind: 'content', severity: 'violation' });
  expect(finding?.what).toContain('sha256');
  expect(finding?.count).toBeGreaterThan(10);
  expect(finding?.examples).toHaveLength(2);
  expect(finding?.examples[0]?.detail).toMatch(/^section \w+, stored [0-9a-f]{64}, of the text [0-9a-f]{64}$/);
  const none = await verify(test.db, { limitPerInvariant: 0 });
  expect(none.findings[0]).toMatchObject({ count: finding?.count, examples: [] });
});

it('a warning is no violation', async () => {
  const sql = `INSERT INTO admission_turns (class, workspace_id, turn) SELECT 'features', id, 1 FROM workspaces LIMIT 1`;
  await execute(test.db, sql);
  expect((await verify(test.db)).findings).toMatchObject([{ invariant: 'turn_without_steps', severity: 'warning' }]);
});

it('looks a day back, or at everything', async () => {
  const { steps, id } = scene.done;
  await execute(test.db, `UPDATE steps SET usage = NULL WHERE id = $1`, [steps['goals']]);
  expect(await names()).toEqual(['usage_miscounted']);
  await execute(test.db, `UPDATE runs SET finished_at = now() - interval '25 hours', started_at = NULL WHERE id = $1`, [
    id,
  ]);
  expect(await names()).toEqual([]);
  expect(await names({ all: true })).toEqual(['usage_miscounted']);
});

it('judges ages by the instant it is given', async () => {
  const tomorrow = Date.now() + 86_400_000;
  expect(await names({ now: tomorrow })).toEqual(['step_past_its_deadline', 'step_overdue']);
});

it('counts the time of a run that waited from the end of the one before it', async () => {
  const { active, waiting } = scene;
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  await execute(test.db, 'UPDATE runs SET created_at = $1 WHERE id = $2', [minutesAgo(60), waiting.id]);
  await execute(test.db, 'DELETE FROM run_scopes WHERE run_id = $1', [active.id]);
  await execute(test.db, 'UPDATE run_scopes SET waiting = false WHERE run_id = $1', [waiting.id]);
  const end = async (minutes: number): Promise<void> => {
    const sql = `UPDATE runs SET status = 'cancelled', started_at = NULL, finished_at = $1 WHERE id = $2`;
    await execute(test.db, sql, [minutesAgo(minutes), active.id]);
  };
  await end(0.5);
  expect(await names()).not.toContain('run_not_begun');
  await end(2);
  expect(await names()).toContain('run_not_begun');
});

it('sees one instant, whatever is committed meanwhile', async () => {
  const { id } = scene.active;
  const broken = interrupted(() =>
    execute(test.db, 'DELETE FROM run_scopes WHERE run_id = $1', [id]).then(() => undefined),
  );
  expect((await verify(broken)).findings).toEqual([]);
  expect(await names()).toContain('active_run_without_scope');
});

it('cannot write', async () => {
  const writing = interrupted(async (tx) => void (await tx.manager.query('DELETE FROM inbox')));
  await expect(verify(writing)).rejects.toThrow('read-only transaction');
});

it('names the invariant that could not be checked', async () => {
  const [first] = INVARIANTS;
  const broken = { ...first!, name: 'never_to_be_known', sql: `SELECT 1 / 0 AS id, '' AS detail` };
  const checked = test.db.transaction(({ manager }) => checkInvariants(manager, {}, [broken]));
  await expect(checked).rejects.toThrow('never_to_be_known: division by zero');
});
