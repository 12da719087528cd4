import { listedProject } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { finish, insert, newProject, newWorkspace, openDatabase, PRD, runOf, TASK_SET } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());

async function project(workspaceId: string, name: string, idea = 'Nothing much.'): Promise<string> {
  const id = newId();
  const rest = { constraints: 'Constraints are not searched', preferred_provider: null, preferred_model: null };
  await own.db.transaction((tx) => tx.projects.insert({ id, workspaceId, name, idea, ...rest }));
  return id;
}

describe('a search', () => {
  const names = [
    'Save 100% of it',
    '100 of it',
    'snake_case',
    'snakeXcase',
    'C:\\plans',
    'C:plans',
    'Ökostrom für die Straße',
    'Σίσυφος',
    'Їжак і жаба',
    'Fridge 🧊',
  ];
  let workspaceId: string;
  beforeAll(async () => {
    workspaceId = await newWorkspace(own.db);
    for (const name of names) await project(workspaceId, name);
    await project(workspaceId, 'By its idea', 'Neighbours share\r\ngarden TOOLS.');
    await project(await newWorkspace(own.db), 'Theirs: 100% fridge tools, snake_case', 'C:\\plans Ökostrom');
  });

  it.each([
    ['%', ['Save 100% of it']],
    ['100%', ['Save 100% of it']],
    ['_', ['snake_case']],
    ['snake_case', ['snake_case']],
    ['\\', ['C:\\plans']],
    ['\\p', ['C:\\plans']],
    ['\\%', []],
    ['.*', []],
    ["' OR 1=1 --", []],
    ['SNAKE', ['snakeXcase', 'snake_case']],
    ['ökostrom', ['Ökostrom für die Straße']],
    ['FÜR DIE STRASSE', ['Ökostrom für die Straße']],
    ['σίσυφοσ', ['Σίσυφος']],
    ['ЇЖАК', ['Їжак і жаба']],
    ['🧊', ['Fridge 🧊']],
    ['share\r\nGarden tools', ['By its idea']],
    ['constraints', []],
  ])('for %j finds %j', async (q, found) => {
    const { items } = await own.db.read.projects(workspaceId, { limit: 100, q });
    expect(items.map(({ name }) => name)).toEqual(found);
  });

  it('goes on at its cursor, each once and newest first, while projects are added', async () => {
    const searched = await newWorkspace(own.db);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.unshift(await project(searched, `Tools ${i}`));
      await project(searched, `Something else ${i}`, i === 2 ? 'With tools.' : undefined);
    }
    const [withTools] = (await own.db.read.projects(searched, { limit: 1, q: 'else 2' })).items;
    ids.splice(2, 0, withTools?.id ?? '');
    const read = (cursor?: string) => own.db.read.projects(searched, { limit: 2, q: 'tools', cursor });
    const first = await read();
    await project(searched, 'More tools');
    const second = await read(first.next_cursor ?? '');
    const third = await read(second.next_cursor ?? '');
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
    expect(third.next_cursor).toBeNull();
    // A cursor is a place in the order: without the words it goes on there with all of them.
    const { items } = await own.db.read.projects(searched, { limit: 2, cursor: first.next_cursor ?? '' });
    expect(items.map(({ name }) => name)).toEqual(['Something else 2', 'Tools 2']);
  });
});

describe('in the list a project', () => {
  it('has its newest run as the list of runs has it, and null before its first', async () => {
    const workspaceId = await newWorkspace(own.db);
    const [written, begun, bare] = [
      await newProject(own.db, workspaceId),
      await newProject(own.db, workspaceId),
      await newProject(own.db, workspaceId),
    ];
    const run = (projectId: string) => insert(own.db, runOf(projectId, [PRD, TASK_SET], { workspaceId }));
    for (const projectId of [written, begun]) await finish(own.db, (await run(projectId)).id, (id) => `text of ${id}`);
    const active = await run(begun);
    const { items } = await own.db.read.projects(workspaceId, { limit: 10 });
    expect(items.map((item) => listedProject.parse(item))).toEqual(items);
    expect(items.map(({ id, newest_run }) => [id, newest_run?.status])).toEqual([
      [bare, undefined],
      [begun, 'queued'],
      [written, 'succeeded'],
    ]);
    expect(items[1]?.newest_run?.id).toBe(active.id);
    expect(items[2]?.newest_run).toMatchObject({ usage: { input_tokens: 400 }, documents: [{ kind: 'prd' }, {}] });
    for (const { id, newest_run } of items) {
      const [newest = null] = (await own.db.read.runs(workspaceId, id, { limit: 1 })).items;
      expect(newest_run).toEqual(newest);
    }
  });

  it('is, but for that, as it is alone', async () => {
    const workspaceId = await newWorkspace(own.db);
    const id = await newProject(own.db, workspaceId);
    const { newest_run: _, ...rest } = (await own.db.read.projects(workspaceId, { limit: 1 })).items[0] ?? {};
    expect(await own.db.read.project(workspaceId, id)).toEqual(rest);
  });
});
