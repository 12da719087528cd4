import { DEFAULT_WORKSPACE_ID, taskResource } from '@planwright/contracts';
import type { TaskDraft, TaskResource } from '@planwright/contracts';
import { finish, insert, newProject, openDatabase, PRD, runOf, TASK_SET } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';

let own: TestDb;
let projectId: string;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());
beforeEach(async () => {
  projectId = await newProject(own.db);
});

const draft = (ref: string, dependencies: string[] = []): TaskDraft => ({
  ref,
  title: `Task ${ref}`,
  description: 'Do it, "quoted", {braced}, back\\slashed',
  acceptance_criteria: ['It, works', 'NULL', ''],
  type: 'feature',
  priority: 'high',
  estimate: 5,
  labels: ['a b', 'c,d'],
  dependencies,
  requirements: ['FR-1'],
});

async function taskSet(drafts: TaskDraft[]): Promise<{ versionId: string; tasks: TaskResource[] }> {
  const run = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
  await finish(own.db, run.id, () => 'text');
  const versionId = run.documents[1]?.versionId ?? '';
  return {
    versionId,
    tasks: await own.db.transaction((tx) => tx.tasks.replaceFromTaskSet({ projectId, versionId, drafts })),
  };
}
const board = async () => (await own.db.read.tasks(DEFAULT_WORKSPACE_ID, projectId, { limit: 100 })).items;

describe('replaceFromTaskSet', () => {
  it('makes cards in order, with keys, ranks and dependencies by id', async () => {
    const { versionId, tasks } = await taskSet([draft('a'), draft('b', ['a', 'c']), draft('c')]);
    expect(tasks.map((task) => taskResource.parse(task))).toEqual(tasks);
    const [a, b, c] = tasks;
    expect(tasks.map(({ key, rank, status }) => [key, rank, status])).toEqual([
      ['T-1', 'a0', 'todo'],
      ['T-2', 'a1', 'todo'],
      ['T-3', 'a2', 'todo'],
    ]);
    expect(b?.dependencies).toEqual([a?.id, c?.id]);
    const { ref: _, dependencies: __, ...fields } = draft('a');
    expect(a).toMatchObject({
      ...fields,
      origin: 'ai',
      source_task_set_id: versionId,
      edited_fields: [],
      suggestion: null,
    });
    expect(await board()).toEqual(tasks);
    expect(await own.db.read.task(DEFAULT_WORKSPACE_ID, a?.id ?? '')).toEqual(a);
  });

  it('retires the untouched cards of the older set and leaves what a person touched', async () => {
    const { tasks: old } = await taskSet(['a', 'b', 'c', 'd'].map((ref) => draft(ref)));
    const [edited, moved, deleted, untouched] = old.map(({ id }) => id);
    await own.db.transaction(async (tx) => {
      await tx.manager.query(`UPDATE tasks SET title = 'Mine', edited_fields = '{title}' WHERE id = $1`, [edited]);
      await tx.manager.query(`UPDATE tasks SET status = 'in_progress' WHERE id = $1`, [moved]);
      await tx.manager.query(`UPDATE tasks SET deleted_at = now() WHERE id = $1`, [deleted]);
    });
    const { tasks } = await taskSet([draft('a'), draft('b')]);
    expect(tasks.map(({ key }) => key)).toEqual(['T-5', 'T-6']);
    expect((await board()).map(({ id }) => id)).toEqual([edited, ...tasks.map(({ id }) => id), moved]);
    expect(await own.db.read.task(DEFAULT_WORKSPACE_ID, untouched ?? '')).toBeNull();
  });

  it('gives each key once when two sets arrive together', async () => {
    const { versionId } = await taskSet([draft('a')]);
    const replace = () =>
      own.db.transaction((tx) =>
        tx.tasks.replaceFromTaskSet({ projectId, versionId, drafts: [draft('a'), draft('b')] }),
      );
    await Promise.all([replace(), replace()]);
    const keys = (await board()).map(({ key }) => key);
    expect(new Set(keys)).toEqual(new Set(['T-1', 'T-2', 'T-3', 'T-4', 'T-5']));
    expect(keys).toHaveLength(5);
  });
});

describe('the board', () => {
  it('is read page by page, column by column', async () => {
    const { tasks } = await taskSet(Array.from({ length: 9 }, (_, i) => draft(`t${i}`)));
    const started = tasks[1]?.id;
    await own.db.transaction((tx) =>
      tx.manager.query(`UPDATE tasks SET status = 'in_progress' WHERE id = $1`, [started]),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await own.db.read.tasks(DEFAULT_WORKSPACE_ID, projectId, { limit: 4, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([...tasks.map(({ id }) => id).filter((id) => id !== started), started]);
  });
});
