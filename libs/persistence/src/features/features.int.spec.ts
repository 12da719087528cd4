import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { execute, newProject, openDatabase, PRD, runOf, TASK_SET } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';

let own: TestDb;
let projectId: string;
beforeAll(async () => void (own = await openDatabase()), 60_000);
afterAll(() => own.close());
beforeEach(async () => void (projectId = await newProject(own.db)));

const newFeature = async () => {
  const id = newId();
  await own.db.transaction((tx) =>
    tx.features.insert({ id, workspaceId: DEFAULT_WORKSPACE_ID, projectId, description: 'Swap slots.' }),
  );
  return id;
};
const featureRun = (featureId: string) => runOf(projectId, [PRD, TASK_SET], { kind: 'feature', featureId });
const insert = (run: ReturnType<typeof featureRun>) => own.db.transaction((tx) => tx.runs.insert(run));
const progress = (feature_id: string, run_id: string) => {
  return { type: 'feature.progress' as const, run_id, feature_id, message: 'Generating spec...' };
};

it('a run of a feature takes one scope, and documents that no other feature and no plan has', async () => {
  const [first, second] = [await newFeature(), await newFeature()];
  const runs = [featureRun(first), featureRun(second), runOf(projectId, [PRD])];
  for (const run of runs) expect(await insert(run)).toEqual({ ok: true, waitsFor: [] });
  const documents = await execute<{ id: string; feature: string | null; number: number }>(
    own.db,
    `SELECT d.id, d.feature_id AS feature, v.number FROM documents d JOIN document_versions v ON v.document_id = d.id
     WHERE d.project_id = $1 ORDER BY v.run_id, v.run_position`,
    [projectId],
  );
  expect(documents.map(({ feature, number }) => [feature, number])).toEqual([
    [first, 1],
    [first, 1],
    [second, 1],
    [second, 1],
    [null, 1],
  ]);
  expect(new Set(documents.map(({ id }) => id)).size).toBe(5);
  const again = featureRun(first);
  expect(await insert(again)).toMatchObject({
    ok: false,
    conflict: { scope: `feature:${first}`, runId: runs[0]?.id },
  });
});

it('a feature belongs to its newest run, and starts anew with it', async () => {
  const feature = await newFeature();
  const run = featureRun(feature);
  await insert(run);
  await own.db.transaction((tx) => tx.features.fail(feature, 'No.', 5_000));
  expect(await own.db.read.feature(DEFAULT_WORKSPACE_ID, feature)).toMatchObject({
    ...{ status: 'failed', run_id: run.id, error_message: 'No.' },
    processing_completed_at: '1970-01-01T00:00:05.000Z',
  });
  await execute(own.db, 'DELETE FROM run_scopes WHERE run_id = $1', [run.id]);
  const next = featureRun(feature);
  await insert(next);
  expect(await own.db.read.feature(DEFAULT_WORKSPACE_ID, feature)).toMatchObject({
    ...{ status: 'pending', run_id: next.id, error_message: null, processing_completed_at: null },
  });
  expect(await own.db.transaction((tx) => tx.features.ofRun(run.id))).toBeNull();
});

it.each([
  ['complete', 'before it is begun', 'is not processing'],
  ['begin', 'twice', 'is not pending'],
])('refuses to %s a feature %s', async (what, _when, message) => {
  const feature = await newFeature();
  const change = own.db.transaction(async (tx) => {
    if (what === 'complete') return tx.features.complete(feature, 1, 0);
    await tx.features.begin(feature, 0);
    return tx.features.begin(feature, 0);
  });
  await expect(change).rejects.toThrow(message);
  expect(await own.db.read.feature(DEFAULT_WORKSPACE_ID, feature)).toMatchObject({ status: 'pending' });
});

it('events of features have numbers of their own, without gaps, however many write at once', async () => {
  const feature = await newFeature();
  const run = featureRun(feature);
  await insert(run);
  const body = progress(feature, run.id);
  await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      own.db.transaction(async (tx) => {
        await tx.events.appendFeatures(projectId, [body, body]);
        await tx.events.appendProject(projectId, [{ type: 'task.created', run_id: null, task: { id: newId(), i } }]);
      }),
    ),
  );
  const stored = await own.db.read.featureEvents(projectId, 0, 100);
  expect(stored.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(stored[0]).toEqual({ n: 1, at: expect.any(String), body });
  const beside = await own.db.read.projectEvents(projectId, 0, 100);
  expect(beside.map(({ n }) => n)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
  expect((await own.db.read.featureEvents(projectId, 18, 1)).map(({ n }) => n)).toEqual([19]);
});

it('a project is deleted with its features and their documents', async () => {
  const feature = await newFeature();
  await insert(featureRun(feature));
  expect(await own.db.transaction((tx) => tx.projects.delete(DEFAULT_WORKSPACE_ID, projectId))).toBe(true);
  expect(await own.db.read.feature(DEFAULT_WORKSPACE_ID, feature)).toBeNull();
  expect(await execute(own.db, 'SELECT 1 FROM documents WHERE feature_id = $1', [feature])).toEqual([]);
});
