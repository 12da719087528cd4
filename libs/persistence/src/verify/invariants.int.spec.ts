import type { EntityManager } from 'typeorm';
import { execute, openDatabase } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import { OTHER_WORKSPACE } from '../../test/faults/fault.js';
import { FAULTS } from '../../test/faults/faults.js';
import { openScene } from '../../test/verify-scene.js';
import type { Scene } from '../../test/verify-scene.js';
import { INVARIANTS } from './invariants.js';
import { checkInvariants } from './verify.js';

let test: TestDb;
let scene: Scene;
beforeAll(async () => {
  test = await openDatabase();
  scene = await openScene(test.db);
  await execute(test.db, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [OTHER_WORKSPACE]);
});
afterAll(() => test.close());

class Undo extends Error {}

/** Gives `work` a transaction in which it may break anything: nothing of it stays. */
async function undone(work: (manager: EntityManager) => Promise<void>): Promise<void> {
  const done = test.db.transaction(async ({ manager }) => {
    await work(manager);
    throw new Undo();
  });
  await expect(done).rejects.toThrow(Undo);
}

it('has a fault for every invariant', () => {
  const broken = new Set(FAULTS.map(({ breaks }) => breaks));
  expect([...broken].sort()).toEqual(INVARIANTS.map(({ name }) => name).sort());
});

it.each(FAULTS.map((fault) => [fault.how ? `${fault.breaks} (${fault.how})` : fault.breaks, fault] as const))(
  'finds %s',
  async (_name, { breaks, plant }) => {
    const invariant = INVARIANTS.find(({ name }) => name === breaks)!;
    await undone(async (manager) => {
      const idsAfter = async (ms: number): Promise<string[]> => {
        const [{ now }] = await manager.query<[{ now: Date }]>('SELECT now()');
        const options = { now: now.getTime() + ms, limitPerInvariant: 1_000 };
        const { findings } = await checkInvariants(manager, options, [invariant]);
        return findings.flatMap(({ examples }) => examples.map(({ id }) => id));
      };
      const late = 2 * invariant.graceMs;
      const { id, sql } = plant(scene);
      expect(await idsAfter(late)).not.toContain(id);
      await manager.query(sql);
      expect(await idsAfter(late)).toContain(id);
      // Within its grace it is no fault yet.
      if (invariant.graceMs > 0) expect(await idsAfter(invariant.graceMs / 2)).not.toContain(id);
    });
  },
);
