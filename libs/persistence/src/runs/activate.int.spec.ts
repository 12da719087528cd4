import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { finish, handle, insert, newProject, openDatabase, runOf } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());

type Outcome = 'ready' | 'partial' | 'failed' | 'cancelled';

/** Writes a version with this outcome; `meanwhile` happens after the run was made and before it ends. */
async function write(projectId: string, outcome: Outcome, meanwhile?: () => Promise<unknown>): Promise<string> {
  const run = await insert(own.db, runOf(projectId));
  await meanwhile?.();
  if (outcome === 'cancelled') {
    await handle(own.db, run.id, { type: 'cancel_requested', at: Date.now() });
  } else {
    const state = await finish(own.db, run.id, (id) =>
      outcome === 'failed' || (outcome === 'partial' && id === 'goals') ? null : `${outcome} ${id}`,
    );
    expect(state.documents[0]?.status).toBe(outcome);
  }
  return run.documents[0]?.versionId ?? '';
}

async function active(projectId: string): Promise<string | null> {
  const project = await own.db.read.project(DEFAULT_WORKSPACE_ID, projectId);
  const [document] = (await own.db.read.documents(DEFAULT_WORKSPACE_ID, projectId, { limit: 10 })).items;
  expect(document?.active_version?.id ?? null).toBe(project?.active_prd_version_id);
  return project?.active_prd_version_id ?? null;
}

describe('a version that ends becomes active', () => {
  it.each<{ before: Outcome[]; ends: Outcome; becomes: 'new' | number | null }>([
    { before: [], ends: 'ready', becomes: 'new' },
    { before: [], ends: 'partial', becomes: 'new' },
    { before: [], ends: 'failed', becomes: null },
    { before: [], ends: 'cancelled', becomes: null },
    { before: ['ready'], ends: 'ready', becomes: 'new' },
    { before: ['ready'], ends: 'partial', becomes: 0 },
    { before: ['ready'], ends: 'failed', becomes: 0 },
    { before: ['ready'], ends: 'cancelled', becomes: 0 },
    { before: ['partial'], ends: 'ready', becomes: 'new' },
    { before: ['partial'], ends: 'partial', becomes: 'new' },
    { before: ['partial'], ends: 'failed', becomes: 0 },
    { before: ['ready', 'partial'], ends: 'partial', becomes: 0 },
    { before: ['failed'], ends: 'partial', becomes: 'new' },
  ])('after $before, one that is $ends: $becomes', async ({ before, ends, becomes }) => {
    const projectId = await newProject(own.db);
    const earlier: string[] = [];
    for (const outcome of before) earlier.push(await write(projectId, outcome));
    const version = await write(projectId, ends);
    const expected = becomes === 'new' ? version : becomes === null ? null : earlier[becomes];
    expect(await active(projectId)).toBe(expected);
  });

  it('not when somebody moved the pointer while it was written', async () => {
    const projectId = await newProject(own.db);
    const first = await write(projectId, 'ready');
    const second = await write(projectId, 'ready');
    await write(projectId, 'ready', async () => {
      expect(await active(projectId)).toBe(second);
      await own.db.transaction((tx) =>
        tx.manager.query('UPDATE documents SET active_version_id = $1 WHERE project_id = $2', [first, projectId]),
      );
    });
    expect(await active(projectId)).toBe(first);
  });
});
