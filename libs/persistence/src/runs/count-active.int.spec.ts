import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { execute, handle, newProject, newWorkspace, openDatabase, runOf } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());

const insert = async (workspaceId = DEFAULT_WORKSPACE_ID) => {
  const run = runOf(await newProject(own.db, workspaceId), undefined, { workspaceId });
  await own.db.transaction((tx) => tx.runs.insert(run));
  return run;
};
const count = (workspaceId = DEFAULT_WORKSPACE_ID, limit = 100) =>
  own.db.transaction((tx) => tx.runs.countActive(workspaceId, limit));

it('counts runs that have not ended, of one workspace, up to a limit', async () => {
  const before = await count();
  const [first, second] = [await insert(), await insert()];
  await insert(await newWorkspace(own.db));
  expect(await count()).toBe(before + 2);
  expect(await count(DEFAULT_WORKSPACE_ID, 1)).toBe(1);
  await handle(own.db, first.id, { type: 'run_started', at: Date.now() });
  await handle(own.db, second.id, { type: 'cancel_requested', at: Date.now() });
  expect(await count()).toBe(before + 1);
});

it('in line, nobody counts while another one may still add: neither misses the other', async () => {
  const before = await count();
  const [a, b] = [runOf(await newProject(own.db)), runOf(await newProject(own.db))];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const counted: number[] = [];
  const add = (run: typeof a, hold: Promise<void> | null) =>
    own.db.transaction(async (tx) => {
      await tx.runs.insert(run);
      counted.push(await tx.runs.countActiveInLine(DEFAULT_WORKSPACE_ID, 100));
      await hold;
    });
  const first = add(a, ended);
  while (counted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const second = add(b, null);
  const waiting = `SELECT 1 FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND query LIKE '%advisory%' AND datname = current_database()`;
  // The second stands in line, or has passed it: then it has counted, and is wrong below.
  while (counted.length === 1 && (await execute(own.db, waiting)).length === 0);
  end();
  await Promise.all([first, second]);
  expect(counted).toEqual([before + 1, before + 2]);
  // Another workspace stands in another line.
  const other = await newWorkspace(own.db);
  await own.db.transaction(async (tx) => {
    await tx.runs.countActiveInLine(DEFAULT_WORKSPACE_ID, 100);
    expect(await own.db.transaction((inner) => inner.runs.countActiveInLine(other, 100))).toBe(0);
  });
});
