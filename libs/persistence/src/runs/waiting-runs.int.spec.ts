import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import {
  execute,
  finish,
  handle,
  newProject,
  newWorkspace,
  openDatabase,
  PRD,
  runOf,
  TASK_SET,
} from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import type { NewRun } from '../index.js';

let own: TestDb;
let projectId: string;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());
beforeEach(async () => {
  projectId = await newProject(own.db);
});

const insert = (run: NewRun, whenHeld: 'refuse' | 'wait' = 'wait') =>
  own.db.transaction((tx) => tx.runs.insert(run, whenHeld));
const promote = () => own.db.transaction((tx) => tx.runs.promoteWaiting(projectId));
const missed = () => own.db.transaction((tx) => tx.runs.waitingProjects(10));
const end = (runId: string) => handle(own.db, runId, { type: 'cancel_requested', at: Date.now() });
const active = async () => (await own.db.read.project(DEFAULT_WORKSPACE_ID, projectId))?.active_prd_version_id ?? '';
const versionsOf = (runId: string) =>
  execute<{ base: string | null; inputs: Record<string, string> }>(
    own.db,
    'SELECT base_active_version_id AS base, inputs FROM document_versions WHERE run_id = $1 ORDER BY run_position',
    [runId],
  );

it('a run that waits is promoted once all it waits for is free, and not before', async () => {
  const prd = runOf(projectId);
  await insert(prd);
  await finish(own.db, prd.id, () => 'text');
  const [first, second] = [runOf(projectId), runOf(projectId, [TASK_SET], { pinnedVersions: { prd: await active() } })];
  expect([await insert(first), await insert(second)]).toEqual([
    { ok: true, waitsFor: [] },
    { ok: true, waitsFor: [] },
  ]);
  const waiting = runOf(projectId, [PRD, TASK_SET]);
  expect(await insert(waiting)).toEqual({ ok: true, waitsFor: [first.id, second.id] });
  expect([await promote(), await missed()]).toEqual([[], []]);
  await end(first.id);
  expect([await promote(), await missed()]).toEqual([[], []]);
  await end(second.id);
  expect(await missed()).toEqual([projectId]);
  expect(await promote()).toEqual([{ runId: waiting.id, workspaceId: DEFAULT_WORKSPACE_ID }]);
  expect([await promote(), await missed()]).toEqual([[], []]);
});

it('promotes all that can go on, oldest first', async () => {
  await finish(own.db, (await made(runOf(projectId))).id, () => 'text');
  const holder = await made(runOf(projectId, [PRD, TASK_SET]));
  const tasks = await made(runOf(projectId, [TASK_SET], { pinnedVersions: { prd: await active() } }));
  const prd = await made(runOf(projectId, [PRD]));
  await end(holder.id);
  expect((await promote()).map(({ runId }) => runId)).toEqual([tasks.id, prd.id]);
});

it('a run that waits and was told to stop is not promoted', async () => {
  const holder = await made(runOf(projectId));
  const waiting = await made(runOf(projectId));
  await own.db.transaction((tx) => tx.runs.requestCancel(DEFAULT_WORKSPACE_ID, waiting.id));
  expect(await insert(runOf(projectId))).toEqual({
    ok: false,
    conflict: { scope: 'prd', runId: waiting.id, next: { covers: true, stopping: true } },
  });
  await end(holder.id);
  expect([await promote(), await missed()]).toEqual([[], []]);
  await end(waiting.id);
  expect(await insert(runOf(projectId))).toEqual({ ok: true, waitsFor: [] });
});

it('a promoted run begins where the project is by then', async () => {
  await finish(own.db, (await made(runOf(projectId))).id, () => 'old');
  const old = await active();
  const holder = await made(runOf(projectId));
  const other = await made(runOf(projectId, [TASK_SET], { pinnedVersions: { prd: old } }));
  const tasks = await made(runOf(projectId, [TASK_SET], { pinnedVersions: { prd: old } }));
  const prd = await made(runOf(projectId));
  await finish(own.db, holder.id, () => 'new');
  const now = await active();
  expect(now).not.toBe(old);
  await end(other.id);
  expect((await promote()).map(({ runId }) => runId)).toEqual([tasks.id, prd.id]);
  expect(await versionsOf(tasks.id)).toEqual([{ base: null, inputs: { prd: now } }]);
  expect(await versionsOf(prd.id)).toEqual([{ base: now, inputs: {} }]);
  await finish(own.db, prd.id, () => 'newest');
  expect(await active()).toBe(prd.documents[0]?.versionId);
});

it('a promoted run keeps the requirements of all it takes over, from whichever version', async () => {
  const first = await made(runOf(projectId));
  await finish(own.db, first.id, (section) => `old ${section}`);
  const from = first.documents[0]?.versionId ?? '';
  await requirement(from, 'problem', 'FR-1');
  await requirement(from, 'goals', 'NFR-1');
  const holder = await made(runOf(projectId));
  const [prd] = runOf(projectId).documents;
  if (!prd) throw new Error('a run writes a document');
  const carried = ['problem', 'goals'].map((sectionId) => ({ sectionId, fromVersionId: from }));
  const steps = prd.steps.filter(({ sectionId }) => sectionId === 'summary');
  const summary = await made(
    runOf(projectId, [PRD], { documents: [{ ...prd, steps, carried, sourceVersionId: from }] }),
  );
  await finish(own.db, holder.id, (section) => (section === 'goals' ? null : `new ${section}`));
  const partial = holder.documents[0]?.versionId ?? '';
  await requirement(partial, 'problem', 'FR-2');
  await own.db.transaction((tx) => tx.documents.activate(DEFAULT_WORKSPACE_ID, partial));
  expect(await promote()).toHaveLength(1);
  const kept = await execute(
    own.db,
    `SELECT s.section_id AS section, s.content, r.key FROM sections s
     JOIN requirements r ON r.version_id = s.version_id AND r.section_id = s.section_id
     WHERE s.version_id = $1 ORDER BY s."order"`,
    [summary.documents[0]?.versionId],
  );
  expect(kept).toEqual([
    { section: 'problem', content: 'new problem', key: 'FR-2' },
    { section: 'goals', content: 'old goals', key: 'NFR-1' },
  ]);
});

it('a promoted run reads what it writes itself, and keeps an input that nobody has active any more', async () => {
  await finish(own.db, (await made(runOf(projectId))).id, () => 'old');
  const old = await active();
  const holder = await made(runOf(projectId, [PRD, TASK_SET]));
  const chain = await made(runOf(projectId, [PRD, TASK_SET]));
  await end(holder.id);
  await promote();
  expect((await versionsOf(chain.id))[1]?.inputs).toEqual({ prd: chain.documents[0]?.versionId });
  await end(chain.id);
  const second = await made(runOf(projectId, [TASK_SET], { pinnedVersions: { prd: old } }));
  const third = await made(runOf(projectId, [TASK_SET], { pinnedVersions: { prd: old } }));
  await execute(own.db, 'UPDATE documents SET active_version_id = NULL WHERE project_id = $1', [projectId]);
  await end(second.id);
  await promote();
  expect(await versionsOf(third.id)).toEqual([{ base: null, inputs: { prd: old } }]);
});

it('two runs that end at once leave nobody waiting for nothing', async () => {
  await finish(own.db, (await made(runOf(projectId))).id, () => 'text');
  for (let round = 0; round < 10; round++) {
    const prd = await made(runOf(projectId));
    const tasks = await made(runOf(projectId, [TASK_SET], { pinnedVersions: { prd: await active() } }));
    const waiting = await made(runOf(projectId, [PRD, TASK_SET]));
    const promoted = await Promise.all([prd, tasks].map(({ id }) => endAndPromote(id)));
    expect(promoted.flat()).toEqual([{ runId: waiting.id, workspaceId: DEFAULT_WORKSPACE_ID }]);
    await end(waiting.id);
  }
});

it('runs of other projects and workspaces are left alone', async () => {
  const other = await newProject(own.db);
  const foreign = await newProject(own.db, await newWorkspace(own.db));
  const holder = await made(runOf(other));
  await made(runOf(other));
  await end(holder.id);
  expect(await promote()).toEqual([]);
  expect(await own.db.transaction((tx) => tx.runs.promoteWaiting(foreign))).toEqual([]);
  expect(await missed()).toEqual([other]);
});

function requirement(versionId: string, sectionId: string, key: string) {
  return execute(
    own.db,
    `INSERT INTO requirements (workspace_id, document_id, version_id, section_id, key, quote, hash, position)
     SELECT workspace_id, document_id, id, $2, $3, 'It shall.', 'h', 1 FROM document_versions WHERE id = $1`,
    [versionId, sectionId, key],
  );
}

async function made(run: NewRun): Promise<NewRun> {
  expect(await insert(run)).toMatchObject({ ok: true });
  return run;
}

function endAndPromote(runId: string) {
  return own.db.transaction(async (tx) => {
    const run = await tx.runs.lock(runId);
    if (!run) throw new Error('the run is gone');
    const cancelled = run.state.documents.flatMap(({ documentId, steps }) => [
      ...steps.map(({ stepId }) => ({ type: 'section_cancelled' as const, stepId, reason: 'cancelled', at: 1 })),
      { type: 'document_ended' as const, documentId, status: 'cancelled' as const },
    ]);
    const end = { type: 'run_ended' as const, status: 'cancelled' as const, problem: null, at: 1 };
    await tx.runs.save(run, { changes: [{ effects: [...cancelled, end] }] });
    return tx.runs.promoteWaiting(projectId);
  });
}
