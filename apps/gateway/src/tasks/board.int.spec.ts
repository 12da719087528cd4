import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AnyMessage, TaskResource } from '@planwright/contracts';
import { problem, projectEventBody, taskResource } from '@planwright/contracts';
import { ensureKey } from '@planwright/persistence';
import type { Database } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { idOf, openGateways, query, send as sendTo, writeRun } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let database: Database;
let sent: AnyMessage[];
let app: NestFastifyApplication;
let projectId: string;
beforeAll(async () => {
  gateways = await openGateways();
  ({ database, sent } = gateways);
  app = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());
beforeEach(async () => {
  projectId = idOf(await send('POST', '/v1/projects', { name: 'Courts', idea: 'Find a free court.' }));
  sent.length = 0;
});

const send = (method: string, url: string, payload?: unknown, headers: Record<string, string> = {}) =>
  sendTo(app, method, url, payload, headers);
const tasksUrl = () => `/v1/projects/${projectId}/tasks`;
const add = async (body: object): Promise<TaskResource> =>
  taskResource.parse((await send('POST', tasksUrl(), { title: 'A card', ...body })).body);
/** As a client sends it that has read the card. */
const change = (task: TaskResource, method: string, path: string, payload?: unknown): Promise<Answer> =>
  send(method, `/v1/tasks/${task.id}${path}`, payload, { 'if-match': `"${task.updated_at}"` });
const list = async (filter = '') =>
  (await send('GET', `${tasksUrl()}?limit=100${filter}`)).body['items'] as TaskResource[];
const keys = async (filter = '') => (await list(filter)).map(({ key }) => key);
const events = async () => {
  const rows = await query<{ n: number; body: unknown }>(
    database,
    'SELECT n, body FROM project_events WHERE project_id = $1 ORDER BY n',
    [projectId],
  );
  return rows.map(({ n, body }) => ({ n, body: projectEventBody.parse(body) }));
};
const rowsOf = async () => [await list(), await list('&deleted=true'), await events()];

/** A task set that comes onto the board as a run's does. */
async function taskSet(drafts: object[]): Promise<void> {
  const run = idOf(await send('POST', `/v1/projects/${projectId}/runs`, { mode: 'draft' }));
  const { state } = await writeRun(database, run, (section) => `The text of ${section}.`);
  const versionId = state.documents.find(({ kind }) => kind === 'task_set')?.versionId ?? '';
  const whole = drafts.map((draft, i) => ({
    ...{ ref: `t${i}`, title: `Task ${i}`, description: 'D', acceptance_criteria: ['It works.'] },
    ...{ type: 'feature' as const, priority: 'high' as const, estimate: 3 as const },
    ...{ labels: [], dependencies: [], requirements: [], ...draft },
  }));
  await database.transaction((tx) => tx.tasks.mergeTaskSet(projectId, versionId, whole));
}

describe('a card', () => {
  it('is created, read, edited, moved, deleted and restored', async () => {
    const made = await send('POST', tasksUrl(), { title: 'Show free courts', labels: ['web'], requirements: ['FR-1'] });
    const task = taskResource.parse(made.body);
    expect(made).toMatchObject({
      status: 201,
      headers: { location: `/v1/tasks/${task.id}`, etag: `"${task.updated_at}"` },
      body: {
        key: 'T-1',
        description: '',
        type: 'feature',
        priority: 'medium',
        estimate: null,
        status: 'todo',
        origin: 'user',
      },
    });
    const read = await send('GET', `/v1/tasks/${task.id}`);
    expect([read.body, read.headers['etag']]).toEqual([task, `"${task.updated_at}"`]);

    const edited = await change(task, 'PATCH', '', { title: 'Show courts', estimate: 5 });
    expect(edited).toMatchObject({ status: 200, body: { title: 'Show courts', estimate: 5, edited_fields: [] } });
    expect(edited.headers['etag']).not.toBe(made.headers['etag']);
    const moved = await change(taskResource.parse(edited.body), 'POST', '/move', { status: 'in_progress' });
    expect(moved).toMatchObject({ status: 200, body: { status: 'in_progress' } });
    expect(await change(taskResource.parse(moved.body), 'DELETE', '')).toMatchObject({ status: 204, text: '' });
    expect(await send('GET', `/v1/tasks/${task.id}`)).toMatchObject({ status: 404 });
    expect([await keys(), await keys('&deleted=true')]).toEqual([[], ['T-1']]);
    const restored = await send('POST', `/v1/tasks/${task.id}/restore`);
    expect(restored).toMatchObject({ status: 200, body: { key: 'T-1', status: 'in_progress', deleted_at: null } });
    expect(restored.headers['etag']).toBe(`"${taskResource.parse(restored.body).updated_at}"`);

    const told = await events();
    expect(told.map(({ n, body }) => [n, body.type])).toEqual([
      [1, 'task.created'],
      [2, 'task.updated'],
      [3, 'task.moved'],
      [4, 'task.deleted'],
      [5, 'task.restored'],
    ]);
    expect(told[4]?.body).toEqual({ type: 'task.restored', run_id: null, task: restored.body });
    expect(sent.map(({ name, payload }) => [name, payload])).toEqual(
      told.map(({ n, body }) => ['project.changed', { project_id: projectId, n, type: body.type }]),
    );
    expect((await database.outbox.backlog()).count).toBe(0);
  });

  it('is created once for one key, and told of once', async () => {
    const key = { 'idempotency-key': newId() };
    const first = await send('POST', tasksUrl(), { title: 'Once' }, key);
    await change(taskResource.parse(first.body), 'PATCH', '', { title: 'Renamed' });
    const again = await send('POST', tasksUrl(), { title: 'Once', description: '' }, key);
    expect([again.status, again.text, again.headers['etag']]).toEqual([201, first.text, first.headers['etag']]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await send('POST', tasksUrl(), { title: 'Twice' }, key)).toMatchObject({ status: 422 });
    expect((await events()).map(({ body }) => body.type)).toEqual(['task.created', 'task.updated']);
  });

  it('that changed since it was read is not overwritten, and comes back with the refusal', async () => {
    const task = await add({});
    const theirs = await change(task, 'PATCH', '', { title: 'Theirs' });
    const before = await rowsOf();
    for (const [method, path, body] of [
      ['PATCH', '', { title: 'Mine' }],
      ['DELETE', '', undefined],
      ['POST', '/move', { status: 'done' }],
      ['POST', '/suggestion', { action: 'accept' }],
      ['POST', '/restore', undefined],
    ] as const) {
      const answer = await change(task, method, path, body);
      expect(answer).toMatchObject({ status: 412, body: { code: 'precondition_failed', current: theirs.body } });
      problem.parse(answer.body);
    }
    expect(await rowsOf()).toEqual(before);
  });

  it.each([
    ['PATCH', '', { title: 'Mine' }],
    ['DELETE', '', undefined],
    ['POST', '/move', { status: 'done' }],
  ])('is changed by %s %s only by whoever says what they have read', async (method, path, body) => {
    const { id } = await add({});
    const before = await rowsOf();
    const without = await send(method, `/v1/tasks/${id}${path}`, body);
    expect(without).toMatchObject({ status: 428, body: { code: 'precondition_required' } });
    const wrong = await send(method, `/v1/tasks/${id}${path}`, body, { 'if-match': 'yesterday' });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: 'If-Match' }] } });
    expect(await rowsOf()).toEqual(before);
    const any = await send(method, `/v1/tasks/${id}${path}`, body, { 'if-match': '*' });
    expect(any.status).toBeLessThan(300);
  });

  it('takes several tags, and no weak one', async () => {
    const { id, updated_at } = await add({});
    const patch = (tag: string, title: string) => send('PATCH', `/v1/tasks/${id}`, { title }, { 'if-match': tag });
    expect(await patch(`W/"${updated_at}"`, 'Weak')).toMatchObject({ status: 412 });
    expect(await patch(`"older", "${updated_at}"`, 'Strong')).toMatchObject({ status: 200 });
  });

  it('that gets what it has is answered, and nobody is told', async () => {
    const task = await add({ title: 'Same' });
    const answer = await change(task, 'PATCH', '', { title: 'Same', labels: [] });
    expect([answer.status, answer.body]).toEqual([200, task]);
    expect(await change(task, 'POST', '/move', { status: 'todo' })).toMatchObject({ status: 200, body: task });
    expect(await events()).toHaveLength(1);
  });
});

describe('bad input', () => {
  const nobody = newId();
  it.each<[string, object, string, number | undefined]>([
    ['no title', {}, '/title', undefined],
    ['a blank title', { title: ' ' }, '/title', undefined],
    ['a long title', { title: 'x'.repeat(201) }, '/title', 200],
    ['a long description', { title: 'A', description: 'x'.repeat(8_001) }, '/description', 8_000],
    ['too many criteria', { title: 'A', acceptance_criteria: Array(21).fill('x') }, '/acceptance_criteria', 20],
    ['an unknown type', { title: 'A', type: 'epic' }, '/type', undefined],
    ['a negative estimate', { title: 'A', estimate: -1 }, '/estimate', 0],
    ['a label twice', { title: 'A', labels: ['a', 'a'] }, '/labels', undefined],
    ['a dependency that is no id', { title: 'A', dependencies: ['T-1'] }, '/dependencies/0', undefined],
    ['a dependency nobody has', { title: 'A', dependencies: [nobody] }, '/dependencies/0', undefined],
    ['a column nobody has', { title: 'A', status: 'limbo' }, '/status', undefined],
    ['a key of its own', { title: 'A', key: 'T-9' }, '/key', undefined],
  ])('%s is refused and makes no card', async (_what, body, pointer, limit) => {
    const answer = await send('POST', tasksUrl(), body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body['errors']).toContainEqual(
      expect.objectContaining({ pointer, ...(limit !== undefined && { limit }) }),
    );
    expect(await rowsOf()).toEqual([[], [], []]);
  });

  it.each<[string, string, object | undefined, string]>([
    ['PATCH', '', {}, '/'],
    ['PATCH', '', { status: 'done' }, '/status'],
    ['PATCH', '', { title: '' }, '/title'],
    ['POST', '/move', { status: 'limbo' }, '/status'],
    ['POST', '/move', {}, '/status'],
    ['POST', '/move', { status: 'todo', before: nobody }, '/before'],
    ['POST', '/move', { status: 'todo', after: 'first' }, '/after'],
    ['POST', '/suggestion', { action: 'maybe' }, '/action'],
    ['POST', '/suggestion', { action: 'accept', fields: ['status'] }, '/fields/0'],
    ['POST', '/suggestion', { action: 'accept', fields: [] }, '/fields'],
  ])('%s %s with %j is refused and changes nothing', async (method, path, body, pointer) => {
    const task = await add({});
    const before = await rowsOf();
    const answer = await change(task, method, path, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer }));
    expect(await rowsOf()).toEqual(before);
  });

  it('a circle is refused with its path as keys', async () => {
    const a = await add({ title: 'A' });
    const b = await add({ title: 'B', dependencies: [a.id] });
    const c = await add({ title: 'C', dependencies: [b.id] });
    expect(await change(a, 'PATCH', '', { dependencies: [c.id] })).toMatchObject({
      status: 400,
      body: {
        detail: '/dependencies/0 closes a circle: T-1 → T-3 → T-2 → T-1.',
        path: ['T-1', 'T-3', 'T-2', 'T-1'],
        errors: [{ pointer: '/dependencies/0', code: 'dependency_cycle' }],
      },
    });
    expect(await change(a, 'PATCH', '', { dependencies: [a.id] })).toMatchObject({
      status: 400,
      body: { path: ['T-1', 'T-1'], errors: [{ code: 'dependency_cycle' }] },
    });
  });

  it('an unknown filter is named', async () => {
    const answer = await send('GET', `${tasksUrl()}?deleted=perhaps&colour=red`);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body['errors']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: '?deleted' }),
        expect.objectContaining({ pointer: '?colour' }),
      ]),
    );
  });
});

describe('the board', () => {
  it('puts cards between their neighbours, and is filtered', async () => {
    const [a, b, c] = [await add({ title: 'A', labels: ['x'] }), await add({ title: 'B' }), await add({ title: 'C' })];
    await change(c, 'POST', '/move', { status: 'todo', after: a.id, before: b.id });
    expect(await keys()).toEqual(['T-1', 'T-3', 'T-2']);
    await change(a, 'POST', '/move', { status: 'done' });
    expect(await keys()).toEqual(['T-3', 'T-2', 'T-1']);
    expect(await keys('&status=done')).toEqual(['T-1']);
    expect(await keys('&label=x')).toEqual(['T-1']);
    expect(await keys('&origin=ai')).toEqual([]);
  });

  it('numbers what many people do at once without gaps, and tells it in that order', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, i) => send('POST', tasksUrl(), { title: `Card ${i}` })));
    const cards = await list();
    expect(new Set(cards.map(({ key }) => key)).size).toBe(10);
    await Promise.all(
      cards.flatMap((card, i) => [
        send('POST', `/v1/tasks/${card.id}/move`, { status: 'done', before: null }, { 'if-match': '*' }),
        send('PATCH', `/v1/tasks/${card.id}`, { title: `New ${i}` }, { 'if-match': '*' }),
      ]),
    );
    const told = await events();
    expect(told.map(({ n }) => n)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    // Whoever applies them in order has the board.
    const followed = new Map<string, unknown>();
    for (const { body } of told) if ('task' in body) followed.set(body.task.id, body.task);
    expect([...followed.values()]).toEqual(expect.arrayContaining(await list()));
  });

  it('shows what a newer task set offers, until somebody decides', async () => {
    await taskSet([{ title: 'Show free courts' }, { title: 'Send a reminder' }]);
    const [courts, reminder] = await list();
    await change(courts!, 'PATCH', '', { description: 'By hand', labels: ['mine'] });
    await change(reminder!, 'PATCH', '', { description: 'By hand' });
    expect(await list('&origin=ai')).toMatchObject([{ edited_fields: ['description', 'labels'] }, {}]);
    await taskSet([{ title: 'Show free courts', description: 'Newer', labels: ['new'] }]);
    const [offered, vanished] = await list();
    expect(offered).toMatchObject({
      description: 'By hand',
      suggestion: { vanished: false, fields: { description: 'Newer', labels: ['new'] } },
    });
    expect(vanished).toMatchObject({ suggestion: { vanished: true, fields: {} } });

    const one = await change(offered!, 'POST', '/suggestion', { action: 'accept', fields: ['labels'] });
    expect(one).toMatchObject({
      status: 200,
      body: { labels: ['new'], edited_fields: ['description'], suggestion: { fields: { description: 'Newer' } } },
    });
    const { id } = offered!;
    expect(await send('POST', `/v1/tasks/${id}/suggestion`, { action: 'dismiss' })).toMatchObject({
      status: 200,
      body: { description: 'By hand', suggestion: null },
    });
    expect(await send('POST', `/v1/tasks/${id}/suggestion`, { action: 'accept' })).toMatchObject({
      status: 409,
      body: { code: 'nothing_suggested' },
    });
    const gone = await change(vanished!, 'POST', '/suggestion', { action: 'accept' });
    expect(gone).toMatchObject({ status: 200, body: { retired_at: expect.any(String) } });
    expect(await keys()).toEqual(['T-1']);
    expect((await events()).at(-1)?.body).toMatchObject({ type: 'task.deleted', task: { key: 'T-2' } });
  });
});

describe('columns', () => {
  const url = () => `/v1/projects/${projectId}/columns`;
  const todo = { key: 'todo', title: 'To do', category: 'todo' };
  const qa = { key: 'qa', title: 'QA', category: 'started' };

  it('are the workspace’s until the project has its own', async () => {
    expect(await send('GET', url())).toMatchObject({
      status: 200,
      body: { project_id: projectId, scope: 'workspace', columns: [todo, { key: 'in_progress' }, { key: 'done' }] },
    });
    const put = await send('PUT', url(), { columns: [qa, todo] });
    expect(put).toMatchObject({ status: 200, body: { project_id: projectId, scope: 'project', columns: [qa, todo] } });
    expect((await send('GET', url())).body).toEqual(put.body);
    const card = await add({ status: 'qa' });
    expect(await send('PUT', url(), { columns: [todo] })).toMatchObject({
      status: 409,
      body: {
        code: 'column_in_use',
        columns: [{ key: 'qa', tasks: 1 }],
        detail: 'Columns that would vanish hold cards: qa (1 card).',
      },
    });
    expect((await send('GET', url())).body).toEqual(put.body);
    await change(card, 'POST', '/move', { status: 'todo' });
    expect(await send('PUT', url(), { columns: null })).toMatchObject({ status: 200, body: { scope: 'workspace' } });
  });

  it.each<[string, object, string]>([
    ['none', { columns: [] }, '/columns'],
    ['one key twice', { columns: [todo, todo] }, '/columns/1/key'],
    ['nowhere to begin', { columns: [qa] }, '/columns'],
    ['a category nobody knows', { columns: [todo, { ...qa, category: 'blocked' }] }, '/columns/1/category'],
    ['a key in capitals', { columns: [todo, { ...qa, key: 'QA' }] }, '/columns/1/key'],
    ['a list that is missing', {}, '/columns'],
    ['nothing for a workspace', { scope: 'workspace', columns: null }, '/columns'],
  ])('with %s are refused', async (_what, body, pointer) => {
    const answer = await send('PUT', url(), body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer }));
    expect(await send('GET', url())).toMatchObject({ body: { scope: 'workspace' } });
  });
});

it('another workspace finds nothing of it', async () => {
  const closed = await gateways.start({ auth: 'required' });
  const task = await add({});
  const workspaceId = newId();
  await query(database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [workspaceId]);
  await ensureKey(database, 'key-of-another-workspace-0123456789', { workspaceId, name: 'o' });
  const headers = { authorization: 'Bearer key-of-another-workspace-0123456789', 'if-match': '*' };
  const before = await rowsOf();
  for (const [method, url, body] of [
    ['GET', tasksUrl(), undefined],
    ['POST', tasksUrl(), { title: 'Theirs' }],
    ['GET', `/v1/projects/${projectId}/columns`, undefined],
    ['PUT', `/v1/projects/${projectId}/columns`, { columns: [{ key: 'x', title: 'X', category: 'todo' }] }],
    ['GET', `/v1/tasks/${task.id}`, undefined],
    ['PATCH', `/v1/tasks/${task.id}`, { title: 'Theirs' }],
    ['DELETE', `/v1/tasks/${task.id}`, undefined],
    ['POST', `/v1/tasks/${task.id}/move`, { status: 'done' }],
    ['POST', `/v1/tasks/${task.id}/restore`, undefined],
    ['POST', `/v1/tasks/${task.id}/suggestion`, { action: 'accept' }],
  ] as const) {
    const answer = await sendTo(closed, method, url, body, headers);
    expect([method, url, answer.status]).toEqual([method, url, 404]);
  }
  expect(await rowsOf()).toEqual(before);
});
