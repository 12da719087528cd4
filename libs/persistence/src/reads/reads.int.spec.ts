import {
  DEFAULT_WORKSPACE_ID,
  documentResource,
  documentSummary,
  listedProject,
  runSummary,
  versionSummary,
} from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import {
  finish,
  handle,
  insert,
  newProject,
  newWorkspace,
  openDatabase,
  PRD,
  runOf,
  TASK_SET,
} from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import { InvalidCursorError } from '../index.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());
const ws = DEFAULT_WORKSPACE_ID;

describe('lists', () => {
  it('give every row once, newest first, while rows are added', async () => {
    const workspaceId = await newWorkspace(own.db);
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.unshift(await newProject(own.db, workspaceId));
    const first = await own.db.read.projects(workspaceId, { limit: 3 });
    await newProject(own.db, workspaceId);
    const second = await own.db.read.projects(workspaceId, { limit: 3, cursor: first.next_cursor ?? '' });
    const third = await own.db.read.projects(workspaceId, { limit: 3, cursor: second.next_cursor ?? '' });
    expect([...first.items, ...second.items, ...third.items].map(({ id }) => id)).toEqual(ids);
    expect(third.next_cursor).toBeNull();
    expect(first.items.map((item) => listedProject.parse(item))).toEqual(first.items);
  });

  it.each([
    'x',
    'e30',
    Buffer.from('["runs","a"]').toString('base64url'),
    Buffer.from('["projects","\' OR 1=1"]').toString('base64url'),
  ])('refuse the cursor %s', async (cursor) => {
    await expect(own.db.read.projects(ws, { limit: 3, cursor })).rejects.toThrow(InvalidCursorError);
  });
});

describe('a finished plan', () => {
  it('reads as the contracts say', async () => {
    const projectId = await newProject(own.db);
    const run = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
    await finish(own.db, run.id, (id) => `text of ${id}`);
    const project = await own.db.read.project(ws, projectId);
    expect(project).toMatchObject({
      active_prd_version_id: run.documents[0]?.versionId,
      active_tech_version_id: null,
      active_task_set_id: run.documents[1]?.versionId,
    });
    const { items: runs } = await own.db.read.runs(ws, projectId, { limit: 10 });
    expect(runs.map((item) => runSummary.parse(item))).toEqual(runs);
    expect(runs[0]).toEqual(await own.db.read.runSummary(ws, run.id));
    const { items: documents } = await own.db.read.documents(ws, projectId, { limit: 10 });
    expect(documents.map((item) => documentSummary.parse(item))).toEqual(documents);
    expect(documents.map(({ kind, status, stale }) => [kind, status, stale])).toEqual([
      ['prd', 'ready', false],
      ['task_set', 'ready', false],
    ]);
    const document = await own.db.read.document(ws, documents[0]?.id ?? '');
    expect(documentResource.parse(document)).toEqual(document);
    expect(document?.active_version).toMatchObject({
      number: 1,
      usage: { input_tokens: 300, output_tokens: 30, estimated: false },
    });
    expect(document?.active_version?.prompt_hash).toMatch(/^[0-9a-f]{64}$/);
    const { items: versions } = await own.db.read.versions(ws, document?.id ?? '', { limit: 10 });
    expect(versions.map((item) => versionSummary.parse(item))).toEqual(versions);
    const active = await own.db.transaction((tx) => tx.documents.active(ws, projectId));
    expect(active.get('prd')).toEqual({
      documentId: document?.id,
      versionId: run.documents[0]?.versionId,
      status: 'ready',
      mode: 'draft',
    });
  });

  it('is stale exactly when what it was made from reads differently', async () => {
    const projectId = await newProject(own.db);
    const run = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
    await finish(own.db, run.id, (id) => `text of ${id}`);
    const stale = async () =>
      (await own.db.read.documents(ws, projectId, { limit: 10 })).items.map((document) => document.stale);
    await finish(own.db, (await insert(own.db, runOf(projectId))).id, (id) => `text of ${id}`);
    expect(await stale()).toEqual([false, false]);
    await finish(own.db, (await insert(own.db, runOf(projectId))).id, (id) => `other text of ${id}`);
    expect(await stale()).toEqual([false, true]);
    await own.db.transaction((tx) => tx.projects.update(ws, projectId, { idea: 'Something else' }));
    expect(await stale()).toEqual([true, true]);
  });
});

describe('another workspace', () => {
  it('sees nothing, by any question', async () => {
    const other = await newWorkspace(own.db);
    const projectId = await newProject(own.db);
    const run = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
    await finish(own.db, run.id, (id) => `text of ${id}`);
    const versionId = run.documents[1]?.versionId ?? '';
    const task = {
      ref: 'a',
      title: 'Task',
      description: 'x',
      acceptance_criteria: ['y'],
      type: 'chore' as const,
      priority: 'low' as const,
      estimate: 1 as const,
      labels: [],
      dependencies: [],
      requirements: [],
    };
    const merged = await own.db.transaction((tx) => tx.tasks.mergeTaskSet(projectId, versionId, [task]));
    const card = merged.changes[0]?.task;
    const [document] = (await own.db.read.documents(ws, projectId, { limit: 1 })).items;
    const { read } = own.db;
    const page = { limit: 10 };
    const seen = async (workspaceId: string) => [
      await read.project(workspaceId, projectId),
      await read.run(workspaceId, run.id),
      await read.runSummary(workspaceId, run.id),
      await read.document(workspaceId, document?.id ?? ''),
      await read.version(workspaceId, versionId),
      await read.task(workspaceId, card?.id ?? ''),
    ];
    const lists = async (workspaceId: string) =>
      (
        await Promise.all([
          read.projects(workspaceId, page),
          read.runs(workspaceId, projectId, page),
          read.documents(workspaceId, projectId, page),
          read.versions(workspaceId, document?.id ?? '', page),
          read.tasks(workspaceId, projectId, page),
        ])
      ).map(({ items }) => items.length > 0);
    expect((await seen(ws)).every((item) => item !== null)).toBe(true);
    expect(await seen(other)).toEqual([null, null, null, null, null, null]);
    expect(await lists(ws)).toEqual([true, true, true, true, true]);
    expect(await lists(other)).toEqual([false, false, false, false, false]);
    const change = await own.db.transaction(async (tx) => [
      await tx.projects.update(other, projectId, { name: 'Mine now' }),
      await tx.projects.lock(other, projectId),
      await tx.projects.delete(other, projectId),
      (await tx.runs.active(other, projectId)).length,
      (await tx.documents.active(other, projectId)).size,
    ]);
    expect(change).toEqual([false, false, false, 0, 0]);
    expect(await read.channelOwner(`run.${run.id}`)).toBe(ws);
    expect(await read.channelOwner(`project.${projectId}`)).toBe(ws);
    expect(await read.channelOwner(`project.${projectId}.features`)).toBe(ws);
    expect(await read.channelOwner(`run.${newId()}`)).toBeNull();
  });
});

describe('projects', () => {
  it('are updated field by field and deleted with everything that hangs on them', async () => {
    const projectId = await newProject(own.db);
    const run = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
    expect(await own.db.transaction((tx) => tx.runs.active(ws, projectId))).toEqual([run.id]);
    await finish(own.db, run.id, () => 'text');
    const before = await own.db.read.project(ws, projectId);
    await own.db.transaction((tx) =>
      tx.projects.update(ws, projectId, { name: 'New', preferred_model: 'gpt-4o-mini' }),
    );
    const after = await own.db.read.project(ws, projectId);
    expect(after).toEqual({ ...before, name: 'New', preferred_model: 'gpt-4o-mini', updated_at: after?.updated_at });
    expect(await own.db.transaction((tx) => tx.projects.delete(ws, projectId))).toBe(true);
    expect(await own.db.read.run(ws, run.id)).toBeNull();
    expect(await own.db.read.version(ws, run.documents[0]?.versionId ?? '')).toBeNull();
  });
});

describe('API keys', () => {
  it('are found by hash until they are revoked', async () => {
    const key = { id: newId(), workspaceId: ws, name: 'bootstrap', hash: 'e'.repeat(64), scopes: ['admin'] };
    await own.db.transaction((tx) => tx.apiKeys.ensure(key));
    await own.db.transaction((tx) => tx.apiKeys.ensure({ ...key, id: newId() }));
    const { hash, ...known } = key;
    expect(await own.db.read.apiKey(hash)).toEqual({ ...known, lastUsedAt: null });
    await own.db.transaction((tx) =>
      tx.manager.query('UPDATE api_keys SET revoked_at = now() WHERE hash = $1', [hash]),
    );
    expect(await own.db.read.apiKey(hash)).toBeNull();
  });
});

describe('work to be done', () => {
  it('finds delayed steps when they are due, and those that fell silent', async () => {
    const run = await insert(own.db, runOf(await newProject(own.db)));
    const mine = <T extends { runId: string }>(found: T[]) => found.filter(({ runId }) => runId === run.id);
    const silentRuns = async (olderThanMs: number) => mine(await own.db.read.silentRuns({ olderThanMs }, 1000));
    const silent = async (olderThanMs: number) =>
      mine(await own.db.read.silentSteps({ olderThanMs }, 1000)).map(({ silentMs: _, ...step }) => step);
    const pulse = (nowMs: number) => own.db.read.pulse(nowMs, { olderThanMs: 60_000 });
    expect(await silentRuns(0)).toEqual([{ workspaceId: ws, runId: run.id, status: 'queued', cancelRequested: false }]);
    expect(await silentRuns(60_000)).toEqual([]);
    const at = Date.now();
    await handle(own.db, run.id, { type: 'run_started', at: at - 1000 });
    expect(await silentRuns(0)).toEqual([]);
    const stepId = run.documents[0]?.steps[0]?.id ?? '';
    const found = [{ workspaceId: ws, runId: run.id, stepId, attempt: 1 }];
    // It waits to be admitted: nobody has it, and nothing is wrong.
    expect([await silent(0), (await pulse(at)).waiting]).toEqual([[], true]);
    const line = { class: 'interactive' as const, places: new Map() };
    const round = { line, admitted: [{ stepId, attempt: 1 }], turns: [], emptied: [] };
    await own.db.transaction((tx) => tx.admission.handOut([round]));
    const seen = { ...found[0], status: 'queued', overdue: false };
    expect([await silent(0), await silent(60_000)]).toEqual([[seen], []]);
    await handle(own.db, run.id, { type: 'step_started', stepId, attempt: 1, at });
    expect([await silent(0), await silent(60_000)]).toEqual([[{ ...seen, status: 'running' }], []]);
    await handle(own.db, run.id, {
      type: 'step_delayed',
      stepId,
      attempt: 1,
      at,
      nextAttemptAt: at + 1000,
      reason: 'limit',
      position: null,
    });
    expect([
      mine(await own.db.read.dueSteps(at + 999, 1000)),
      mine(await own.db.read.dueSteps(at + 1000, 1000)),
    ]).toEqual([[], [{ ...found[0], isAhead: false }]]);
    expect([(await pulse(at + 999)).due, (await pulse(at + 1000)).due]).toEqual([false, true]);
    expect(await silent(0)).toEqual([]);
    await own.db.transaction((tx) => tx.runs.requestCancel(ws, run.id));
    expect(await silentRuns(0)).toEqual([{ workspaceId: ws, runId: run.id, status: 'running', cancelRequested: true }]);
  });

  it('wakes a step on its way to the end of a pause, and one that retries not before its instant', async () => {
    const at = Date.now() + 3_600_000;
    const next = { at, nextAttemptAt: at + 1000, attempt: 1 };
    const delayed = async (event: 'pause' | 'line' | 'retry') => {
      const run = await insert(own.db, runOf(await newProject(own.db)));
      const stepId = run.documents[0]?.steps[0]?.id ?? '';
      await handle(own.db, run.id, { type: 'run_started', at });
      const waits = { type: 'step_delayed', stepId, ...next, position: null } as const;
      await handle(own.db, run.id, { ...waits, reason: event === 'line' ? 'requests' : 'rate_limited' });
      if (event === 'retry') {
        const problem = JSON.stringify({ code: 'rate_limited' });
        await own.db.transaction((tx) =>
          tx.manager.query(`UPDATE steps SET problem = $2, error = 'refused' WHERE id = $1`, [stepId, problem]),
        );
      }
      return stepId;
    };
    const [pause, line, retry] = [await delayed('pause'), await delayed('line'), await delayed('retry')];
    const due = async (nowMs: number) =>
      (await own.db.read.dueSteps(nowMs, 1000))
        .filter(({ stepId }) => [pause, line, retry].includes(stepId))
        .map(({ stepId, isAhead }) => [stepId, isAhead]);
    expect(await due(at + 549)).toEqual([]);
    expect(await due(at + 550)).toEqual([[pause, true]]);
    expect(await due(at + 999)).toEqual([[pause, true]]);
    expect(new Set((await due(at + 1000)).map(([stepId]) => stepId))).toEqual(new Set([pause, line, retry]));
    expect((await own.db.read.pulse(at + 500, { olderThanMs: 60_000 })).dueInMs).toBe(50);
  });
});
