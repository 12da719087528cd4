import { createTask, DEFAULT_WORKSPACE_ID, taskResource } from '@planwright/contracts';
import type { TaskDraft, TaskResource } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import {
  execute,
  finish,
  insert,
  newProject,
  newWorkspace,
  openDatabase,
  PRD,
  runOf,
  TASK_SET,
} from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import type { Tx } from '../tx.js';
import type { BoardAnswer } from './board-answer.js';

let own: TestDb;
let projectId: string;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());
beforeEach(async () => {
  projectId = await newProject(own.db);
});

const ws = DEFAULT_WORKSPACE_ID;
const draft = (ref: string, more: Partial<TaskDraft> = {}): TaskDraft => ({
  ref,
  title: `Task ${ref}`,
  description: 'Do it, "quoted", {braced}, back\\slashed',
  acceptance_criteria: ['It, works', 'NULL', 'with "quotes"'],
  type: 'feature',
  priority: 'high',
  estimate: 5,
  labels: ['a b', 'c,d'],
  dependencies: [],
  requirements: ['FR-1'],
  ...more,
});
const NAMES = ['Import the calendar', 'Show free courts', 'Send a reminder', 'Write the manual', 'Charge the card'];
const named = (...which: number[]) => which.map((i) => draft(`r${i}`, { title: NAMES[i] ?? '' }));

async function newVersion(): Promise<string> {
  const run = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
  await finish(own.db, run.id, () => 'text');
  return run.documents[1]?.versionId ?? '';
}
const merge = async (drafts: TaskDraft[], versionId?: string) => {
  const version = versionId ?? (await newVersion());
  return own.db.transaction((tx) => tx.tasks.mergeTaskSet(projectId, version, drafts));
};
const board = async (deleted = false) => (await own.db.read.tasks(ws, projectId, { limit: 100 }, { deleted })).items;
const row = (tasks: readonly TaskResource[], key: string): TaskResource => {
  const task = tasks.find((one) => one.key === key);
  if (!task) throw new Error(`no ${key}`);
  return task;
};
const change = (work: (tx: Tx) => Promise<BoardAnswer>) => own.db.transaction(work);
const done = async (work: (tx: Tx) => Promise<BoardAnswer>) => {
  const answer = await change(work);
  if (!answer.ok) throw new Error(answer.refusal.kind);
  return answer;
};
const add = async (title: string, more: object = {}) =>
  (await done((tx) => tx.tasks.create(ws, projectId, createTask.parse({ title, ...more })))).task;
const typesAndKeys = (changes: readonly { type: string; task: TaskResource }[]) =>
  changes.map(({ type, task }) => `${type} ${task.key}`);

describe('a task set that meets an empty board', () => {
  it('makes cards in order, with keys, ranks and dependencies by id', async () => {
    const versionId = await newVersion();
    const drafts = [
      draft('a'),
      draft('b', { title: 'Another', dependencies: ['a', 'c'] }),
      draft('c', { title: 'Third one' }),
    ];
    const { changes, dropped } = await merge(drafts, versionId);
    expect(dropped).toEqual([]);
    const tasks = changes.map(({ task }) => task);
    expect(tasks.map((task) => taskResource.parse(task))).toEqual(tasks);
    expect(typesAndKeys(changes)).toEqual(['task.created T-1', 'task.created T-2', 'task.created T-3']);
    expect(tasks.map(({ rank, status }) => [rank, status])).toEqual([
      ['a0', 'todo'],
      ['a1', 'todo'],
      ['a2', 'todo'],
    ]);
    const [a, b, c] = tasks;
    expect(b?.dependencies).toEqual([a?.id, c?.id]);
    const { ref: _, dependencies: __, ...fields } = draft('a');
    expect(a).toMatchObject({
      ...fields,
      ...{ origin: 'ai', source_task_set_id: versionId, edited_fields: [], suggestion: null, feature_id: null },
    });
    expect(await board()).toEqual(tasks);
    expect(await own.db.read.task(ws, a?.id ?? '')).toEqual(a);
  });
});

describe('a newer task set', () => {
  it('retires the untouched, marks the edited, leaves what has begun, keeps what a person made', async () => {
    await merge(named(0, 1, 2, 3));
    const [first, second, third, fourth] = await board();
    const mine = await add('Mine');
    await done((tx) => tx.tasks.edit({ workspaceId: ws, taskId: first?.id ?? '' }, { description: 'By hand' }));
    await done((tx) => tx.tasks.move({ workspaceId: ws, taskId: second?.id ?? '' }, { status: 'in_progress' }));
    await done((tx) => tx.tasks.delete({ workspaceId: ws, taskId: third?.id ?? '' }));
    const before = await board();
    const { changes } = await merge(named(4));
    expect(typesAndKeys(changes)).toEqual(['task.updated T-1', 'task.created T-6', 'task.deleted T-4']);
    const after = await board();
    expect(row(after, 'T-1')).toMatchObject({
      description: 'By hand',
      edited_fields: ['description'],
      suggestion: { vanished: true, fields: {} },
    });
    for (const key of ['T-2', 'T-5']) expect(row(after, key)).toEqual(row(before, key));
    expect(row(after, 'T-5')).toEqual(mine);
    expect(
      (await board(true)).map(({ key, retired_at, deleted_at }) => [key, retired_at !== null, deleted_at !== null]),
    ).toEqual(
      expect.arrayContaining([
        ['T-3', false, true],
        ['T-4', true, false],
      ]),
    );
    expect(await own.db.read.task(ws, fourth?.id ?? '')).toBeNull();
  });

  it('writes what nobody edited and offers the rest, until it is decided', async () => {
    await merge(named(0));
    const [card] = await board();
    const at = { workspaceId: ws, taskId: card?.id ?? '' };
    await done((tx) => tx.tasks.edit(at, { title: 'Import any calendar' }));
    const newer = [draft('x', { title: 'Import the calendars', description: 'Newer', labels: ['new'] })];
    const versionId = await newVersion();
    expect(typesAndKeys((await merge(newer, versionId)).changes)).toEqual(['task.updated T-1']);
    const [offered] = await board();
    expect(offered).toMatchObject({
      ...{ title: 'Import any calendar', description: 'Newer', labels: ['new'], source_task_set_id: versionId },
      suggestion: { vanished: false, fields: { title: 'Import the calendars' } },
    });
    expect((await merge(newer, versionId)).changes).toEqual([]);
    const { task } = await done((tx) => tx.tasks.decide(at, { action: 'dismiss' }));
    expect(task).toMatchObject({ title: 'Import any calendar', suggestion: null, edited_fields: ['title'] });
    expect((await merge(newer)).changes).toEqual([]);
    expect(await board()).toEqual([task]);
  });

  it('brings back what it has again, under its key', async () => {
    await merge(named(0, 1, 2));
    const before = await board();
    await merge(named(0, 2));
    expect((await board()).map(({ key }) => key)).toEqual(['T-1', 'T-3']);
    const { changes } = await merge(named(0, 1, 2));
    expect(typesAndKeys(changes)).toEqual(['task.restored T-2']);
    const strip = ({ updated_at: _, source_task_set_id: __, ...task }: TaskResource) => task;
    expect((await board()).map(strip)).toEqual(before.map(strip));
  });

  it('gives each key once when two sets arrive together', async () => {
    const versionId = await newVersion();
    const together = () => merge(named(0, 1), versionId);
    const answers = await Promise.all([together(), together(), together()]);
    expect(answers.map(({ changes }) => changes.length).toSorted()).toEqual([0, 0, 2]);
    expect((await board()).map(({ key }) => key)).toEqual(['T-1', 'T-2']);
  });

  it('leaves out a dependency that a person has the other way round, and says so', async () => {
    await merge(named(0, 1));
    const [first, second] = await board();
    await done((tx) =>
      tx.tasks.edit({ workspaceId: ws, taskId: first?.id ?? '' }, { dependencies: [second?.id ?? ''] }),
    );
    const [a, b] = named(0, 1);
    const { dropped } = await merge([a!, { ...b!, dependencies: ['r0'] }]);
    expect(dropped).toEqual([{ task: 'T-2', dependsOn: 'T-1' }]);
    expect((await board()).map(({ dependencies }) => dependencies)).toEqual([[second?.id], []]);
  });

  it('of a feature meets the cards of that feature alone', async () => {
    await merge(named(0));
    const versionId = await newVersion();
    const featureId = newId();
    await execute(
      own.db,
      `INSERT INTO features (id, workspace_id, project_id, description, status) VALUES ($1, $2, $3, 'F', 'completed')`,
      [featureId, ws, projectId],
    );
    await execute(
      own.db,
      `UPDATE documents SET feature_id = $1 WHERE id = (SELECT document_id FROM document_versions WHERE id = $2)`,
      [featureId, versionId],
    );
    expect(typesAndKeys((await merge(named(0, 1), versionId)).changes)).toEqual([
      'task.created T-2',
      'task.created T-3',
    ]);
    expect(typesAndKeys((await merge(named(1), versionId)).changes)).toEqual(['task.deleted T-2']);
    expect((await board()).map(({ key, feature_id }) => [key, feature_id])).toEqual([
      ['T-1', null],
      ['T-3', featureId],
    ]);
    const { items } = await own.db.read.tasks(ws, projectId, { limit: 10 }, { feature_id: featureId });
    expect(items.map(({ key }) => key)).toEqual(['T-3']);
  });

  it('is counted before it happens, by the function that makes it happen', async () => {
    await merge(named(0, 1, 2));
    const [first] = await board();
    await add('Mine');
    await done((tx) => tx.tasks.edit({ workspaceId: ws, taskId: first?.id ?? '' }, { priority: 'low' }));
    const versionId = await newVersion();
    const next = [draft('z', { title: NAMES[0] ?? '', priority: 'urgent' }), ...named(1, 4)];
    const preview = (drafts: TaskDraft[] | null) =>
      own.db.transaction((tx) => tx.tasks.previewTaskSet(projectId, versionId, drafts));
    // Somebody who changes the board is not waited for.
    await own.db.transaction(async (tx) => {
      await tx.manager.query('SELECT 1 FROM projects WHERE id = $1 FOR UPDATE', [projectId]);
      expect(await preview(null)).toMatchObject({ updated: 2 });
    });
    expect(await preview(null)).toEqual({ created: 0, updated: 2, suggested: 1, retired: 0, kept: 1 });
    expect(await preview(next)).toEqual({ created: 1, updated: 0, suggested: 1, retired: 1, kept: 2 });
    expect(typesAndKeys((await merge(next, versionId)).changes)).toEqual([
      'task.updated T-1',
      'task.created T-5',
      'task.deleted T-3',
    ]);
  });
});

describe('a card', () => {
  it('of a person stands at the end of its column, with a key of its own', async () => {
    await merge(named(0, 1));
    const card = await add('Mine', { labels: ['x'], estimate: 0 });
    expect(card).toMatchObject({ key: 'T-3', status: 'todo', rank: 'a2', origin: 'user', source_task_set_id: null });
    expect(await add('Started', { status: 'in_progress' })).toMatchObject({ key: 'T-4', rank: 'a0' });
    expect(
      await change((tx) => tx.tasks.create(ws, projectId, createTask.parse({ title: 'X', status: 'qa' }))),
    ).toEqual({
      ok: false,
      refusal: { kind: 'unknown_column', columns: ['todo', 'in_progress', 'done'] },
    });
    expect(await change((tx) => tx.tasks.create(ws, newId(), createTask.parse({ title: 'X' })))).toEqual({
      ok: false,
      refusal: { kind: 'not_found' },
    });
  });

  it('that is read, changed, deleted or restored has another state each time, and none where nothing changes', async () => {
    const card = await add('Mine');
    const at = (task: TaskResource) => ({ workspaceId: ws, taskId: task.id, expected: [task.updated_at] });
    const edited = await done((tx) => tx.tasks.edit(at(card), { title: 'Ours' }));
    expect(edited.task).toMatchObject({ title: 'Ours', edited_fields: [] });
    expect(Date.parse(edited.task.updated_at)).toBeGreaterThan(Date.parse(card.updated_at));
    expect(await done((tx) => tx.tasks.edit(at(edited.task), { title: 'Ours' }))).toMatchObject({
      task: edited.task,
      changes: [],
    });
    expect(await change((tx) => tx.tasks.delete(at(card)))).toEqual({
      ok: false,
      refusal: { kind: 'changed', current: edited.task },
    });
    const deleted = await done((tx) => tx.tasks.delete(at(edited.task)));
    expect(typesAndKeys(deleted.changes)).toEqual(['task.deleted T-1']);
    for (const gone of [
      (tx: Tx) => tx.tasks.edit(at(edited.task), { title: 'No' }),
      (tx: Tx) => tx.tasks.delete(at(edited.task)),
      (tx: Tx) => tx.tasks.move(at(edited.task), { status: 'done' }),
      (tx: Tx) => tx.tasks.decide(at(edited.task), { action: 'accept' }),
    ]) {
      expect(await change(gone)).toEqual({ ok: false, refusal: { kind: 'not_found' } });
    }
    const restored = await done((tx) => tx.tasks.restore(at(deleted.task)));
    expect(typesAndKeys(restored.changes)).toEqual(['task.restored T-1']);
    expect(restored.task).toMatchObject({ title: 'Ours', deleted_at: null, rank: 'a0' });
    expect((await done((tx) => tx.tasks.restore(at(restored.task)))).changes).toEqual([]);
  });

  it('written twice within a millisecond has two states', async () => {
    const { id } = await add('Mine');
    const states = await own.db.transaction(async (tx) => {
      const seen: string[] = [];
      for (let i = 0; i < 20; i++) {
        const answer = await tx.tasks.edit({ workspaceId: ws, taskId: id }, { title: `Title ${i}` });
        if (answer.ok) seen.push(answer.task.updated_at);
      }
      return seen;
    });
    expect(new Set(states).size).toBe(20);
    expect(states).toEqual([...states].sort());
  });

  it('of another workspace is not there', async () => {
    const card = await add('Mine');
    const at = { workspaceId: await newWorkspace(own.db), taskId: card.id };
    for (const work of [
      (tx: Tx) => tx.tasks.edit(at, { title: 'Theirs' }),
      (tx: Tx) => tx.tasks.move(at, { status: 'done' }),
      (tx: Tx) => tx.tasks.delete(at),
      (tx: Tx) => tx.tasks.restore(at),
      (tx: Tx) => tx.tasks.decide(at, { action: 'accept' }),
      (tx: Tx) => tx.tasks.create(at.workspaceId, projectId, createTask.parse({ title: 'Theirs' })),
    ]) {
      expect(await change(work)).toEqual({ ok: false, refusal: { kind: 'not_found' } });
    }
    expect(await board()).toEqual([card]);
  });

  it('depends on cards that are there, and closes no circle', async () => {
    const [a, b] = [await add('A'), await add('B')];
    const c = await add('C', { dependencies: [b.id] });
    const at = (task: TaskResource) => ({ workspaceId: ws, taskId: task.id });
    const depends = (task: TaskResource, dependencies: string[]) =>
      change((tx) => tx.tasks.edit(at(task), { dependencies }));
    expect(await depends(b, [a.id])).toMatchObject({ ok: true });
    const [nobody, foreign] = [newId(), (await elsewhere()).id];
    expect(await depends(c, [b.id, nobody, foreign])).toEqual({
      ok: false,
      refusal: {
        kind: 'unknown_dependency',
        unknown: [
          { index: 1, id: nobody, key: null },
          { index: 2, id: foreign, key: null },
        ],
      },
    });
    expect(await depends(a, [a.id])).toEqual({
      ok: false,
      refusal: { kind: 'circle', path: ['T-1', 'T-1'], index: 0 },
    });
    expect(await depends(a, [c.id])).toEqual({
      ok: false,
      refusal: { kind: 'circle', path: ['T-1', 'T-3', 'T-2', 'T-1'], index: 0 },
    });
    await done((tx) => tx.tasks.delete(at(b)));
    // What it depends on already may have left the board; what has left can't be added.
    expect(await depends(c, [b.id, a.id])).toMatchObject({ ok: true });
    const added = await change((tx) =>
      tx.tasks.create(ws, projectId, createTask.parse({ title: 'D', dependencies: [b.id] })),
    );
    expect(added).toEqual({
      ok: false,
      refusal: { kind: 'unknown_dependency', unknown: [{ index: 0, id: b.id, key: 'T-2' }] },
    });
  });

  async function elsewhere(): Promise<TaskResource> {
    const other = await newProject(own.db);
    return (await done((tx) => tx.tasks.create(ws, other, createTask.parse({ title: 'Elsewhere' })))).task;
  }
});

describe('moving', () => {
  const at = (taskId: string) => ({ workspaceId: ws, taskId });

  it('ranks a whole column anew without a moment at which two cards have one rank', async () => {
    const [first, last] = [await add('First'), await add('Last')];
    let told = 0;
    for (let i = 0; i < 3; i++) {
      // As if many had been put there before.
      await execute(own.db, `UPDATE tasks SET rank = 'a0' WHERE id = $1`, [first.id]);
      await execute(own.db, `UPDATE tasks SET rank = $2 WHERE id = $1`, [last.id, `a0${'0'.repeat(62 - i)}1`]);
      const card = await add(`Between ${i}`);
      const moved = await done((tx) =>
        tx.tasks.move(at(card.id), { status: 'todo', after: first.id, before: last.id }),
      );
      told += moved.changes.length;
      expect(moved.changes[0]).toMatchObject({ type: 'task.moved', task: { id: card.id } });
      const order = (await board()).map(({ id }) => id);
      expect(order.slice(0, 2)).toEqual([first.id, card.id]);
      for (const { task } of moved.changes) expect(await own.db.read.task(ws, task.id)).toEqual(task);
      await done((tx) => tx.tasks.delete(at(card.id)));
    }
    expect(told).toBeGreaterThan(3);
  });

  it('by many at once gives every card a place of its own', async () => {
    const cards = await Promise.all(Array.from({ length: 8 }, (_, i) => add(`Card ${i}`)));
    const target = await add('Target', { status: 'done' });
    await Promise.all(
      cards.map(({ id }) => done((tx) => tx.tasks.move(at(id), { status: 'done', before: target.id }))),
    );
    const now = await board();
    expect(now.at(-1)?.id).toBe(target.id);
    expect(new Set(now.map(({ rank }) => rank)).size).toBe(9);
  });

  it('says what is wrong with the place', async () => {
    const [a, b] = [await add('A'), await add('B')];
    const started = await add('C', { status: 'in_progress' });
    const move = (to: object) => change((tx) => tx.tasks.move(at(a.id), { status: 'todo', ...to }));
    expect(await move({ before: started.id })).toEqual({
      ok: false,
      refusal: { kind: 'not_in_column', field: 'before' },
    });
    expect(await move({ after: newId() })).toEqual({ ok: false, refusal: { kind: 'not_in_column', field: 'after' } });
    expect(await move({ before: b.id, after: b.id })).toEqual({ ok: false, refusal: { kind: 'wrong_order' } });
    expect(await move({ status: 'nowhere' })).toMatchObject({ ok: false, refusal: { kind: 'unknown_column' } });
  });
});

describe('columns', () => {
  const todo = { key: 'todo', title: 'To do', category: 'todo' as const };
  const qa = { key: 'qa', title: 'QA', category: 'started' as const };
  const forProject = (columns: (typeof todo | typeof qa)[] | null) =>
    own.db.transaction((tx) => tx.columns.replaceForProject(ws, projectId, columns));

  it('are the usual ones for whoever has said nothing', async () => {
    const other = await newWorkspace(own.db);
    const theirs = await newProject(own.db, other);
    const { task } = await done((tx) =>
      tx.tasks.create(other, theirs, createTask.parse({ title: 'A', status: 'done' })),
    );
    const first = await done((tx) => tx.tasks.create(other, theirs, createTask.parse({ title: 'B' })));
    const { items } = await own.db.read.tasks(other, theirs, { limit: 10 });
    expect(items.map(({ id }) => id)).toEqual([first.task.id, task.id]);
    expect(await own.db.read.columns(other, theirs)).toMatchObject({
      scope: 'workspace',
      columns: [{ key: 'todo' }, { key: 'in_progress' }, { key: 'done' }],
    });
  });

  it('of a project replace the workspace’s, and give way to them again', async () => {
    expect(await forProject([qa, todo])).toEqual({ ok: true, scope: 'project', columns: [qa, todo] });
    const card = await add('A');
    expect(card.status).toBe('todo');
    await done((tx) => tx.tasks.move({ workspaceId: ws, taskId: card.id }, { status: 'qa' }));
    expect(await forProject([todo])).toEqual({ ok: false, inUse: [{ key: 'qa', tasks: 1 }] });
    expect(await forProject(null)).toEqual({ ok: false, inUse: [{ key: 'qa', tasks: 1 }] });
    await done((tx) => tx.tasks.delete({ workspaceId: ws, taskId: card.id }));
    expect(await forProject(null)).toMatchObject({ ok: true, scope: 'workspace' });
    const { task } = await done((tx) => tx.tasks.restore({ workspaceId: ws, taskId: card.id }));
    expect(task.status).toBe('todo');
  });

  it('of a workspace hold for its projects without any, and keep a column that one of them uses', async () => {
    const workspaceId = await newWorkspace(own.db);
    const [one, two, apart] = await Promise.all([1, 2, 3].map(() => newProject(own.db, workspaceId)));
    const replace = (columns: (typeof todo | typeof qa)[]) =>
      own.db.transaction((tx) => tx.columns.replaceForWorkspace(workspaceId, one ?? '', columns));
    await own.db.transaction((tx) => tx.columns.replaceForProject(workspaceId, apart ?? '', [todo]));
    expect(await replace([todo, qa])).toEqual({ ok: true, scope: 'workspace', columns: [todo, qa] });
    expect(await own.db.read.columns(workspaceId, two ?? '')).toMatchObject({ columns: [todo, qa] });
    expect(await own.db.read.columns(workspaceId, apart ?? '')).toEqual({ scope: 'project', columns: [todo] });
    await done((tx) => tx.tasks.create(workspaceId, two ?? '', createTask.parse({ title: 'A', status: 'qa' })));
    expect(await replace([todo])).toEqual({ ok: false, inUse: [{ key: 'qa', tasks: 1 }] });
  });
});

describe('the board', () => {
  it('is read page by page, column by column, and filtered', async () => {
    for (let i = 0; i < 9; i++) await add(`Card ${i}`, { labels: [i % 2 ? 'odd' : 'even'] });
    const all = await board();
    await done((tx) => tx.tasks.move({ workspaceId: ws, taskId: all[1]?.id ?? '' }, { status: 'in_progress' }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await own.db.read.tasks(ws, projectId, { limit: 4, cursor });
      seen.push(...page.items.map(({ key }) => key));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['T-1', 'T-3', 'T-4', 'T-5', 'T-6', 'T-7', 'T-8', 'T-9', 'T-2']);
    const keys = async (filter: object) =>
      (await own.db.read.tasks(ws, projectId, { limit: 100 }, filter)).items.map(({ key }) => key);
    expect(await keys({ label: 'odd' })).toEqual(['T-4', 'T-6', 'T-8', 'T-2']);
    expect(await keys({ status: 'in_progress' })).toEqual(['T-2']);
    expect(await keys({ origin: 'ai' })).toEqual([]);
    expect(await keys({ deleted: true })).toEqual([]);
  });
});
