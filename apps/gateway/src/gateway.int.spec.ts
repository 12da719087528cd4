import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AnyMessage, ListedProject } from '@planwright/contracts';
import { projectChannel, ROUTES, runChannel } from '@planwright/contracts';
import type { LiveLog } from '@planwright/live';
import { ensureBootstrapKey, ensureKey } from '@planwright/persistence';
import type { Database } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { advance, countRows, idOf, openGateways, send as sendTo, writeRun } from '../test/fixture.js';
import type { Gateways } from '../test/fixture.js';

const KEY = 'pw_test_0123456789abcdef0123';
let gateways: Gateways;
let database: Database;
let live: LiveLog;
let sent: AnyMessage[];
let app: NestFastifyApplication;
let closed: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  ({ database, live, sent } = gateways);
  await ensureBootstrapKey(database, KEY);
  app = await gateways.start();
  closed = await gateways.start({ auth: 'required' });
}, 60_000);
afterAll(() => gateways.close());

const send = (method: string, url: string, payload?: unknown, headers: Record<string, string> = {}, to = app) =>
  sendTo(to, method, url, payload, headers);
const newProject = async () => ({
  id: idOf(await send('POST', '/v1/projects', { name: 'Courts', idea: 'Find a free court.' })),
});
const counts = () => countRows(database);

it('serves exactly the routes of the table, but for those of the notifier', () => {
  const table = Object.values(ROUTES).map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`);
  const served = [...new Set(gateways.routes)].filter((route) => route.includes(' /v1/'));
  expect(served.sort()).toEqual(table.filter((route) => !route.endsWith('/events')).sort());
});

describe('bad input', () => {
  const uuid = newId();
  const project = { name: 'A', idea: 'B' };
  it.each<[string, string, string, unknown, number, string, string | undefined]>([
    ['an empty idea', 'POST', '/v1/projects', { ...project, idea: '' }, 400, 'invalid_request', '/idea'],
    ['a blank name', 'POST', '/v1/projects', { ...project, name: '  ' }, 400, 'invalid_request', '/name'],
    [
      'an idea one too long',
      'POST',
      '/v1/projects',
      { ...project, idea: 'x'.repeat(32_001) },
      400,
      'invalid_request',
      '/idea',
    ],
    [
      'an idea of 1 MB',
      'POST',
      '/v1/projects',
      { ...project, idea: 'x'.repeat(1 << 20) },
      413,
      'payload_too_large',
      undefined,
    ],
    ['a missing idea', 'POST', '/v1/projects', { name: 'A' }, 400, 'invalid_request', '/idea'],
    ['an unknown field', 'POST', '/v1/projects', { ...project, colour: 'red' }, 400, 'invalid_request', '/colour'],
    ['NUL', 'POST', '/v1/projects', { ...project, idea: 'a\u0000b' }, 400, 'invalid_request', '/idea'],
    ['a lone surrogate', 'POST', '/v1/projects', { ...project, idea: 'a\ud800' }, 400, 'invalid_request', '/idea'],
    [
      'a provider of a wrong form',
      'POST',
      '/v1/projects',
      { ...project, preferred_provider: 'A B' },
      400,
      'invalid_request',
      '/preferred_provider',
    ],
    ['half of a JSON text', 'POST', '/v1/projects', '{"name":', 400, 'malformed_json', undefined],
    [
      'a forbidden key',
      'POST',
      '/v1/projects',
      '{"__proto__":{},"name":"A","idea":"B"}',
      400,
      'malformed_json',
      undefined,
    ],
    ['an array', 'POST', '/v1/projects', [], 400, 'invalid_request', '/'],
    ['null', 'POST', '/v1/projects', 'null', 400, 'invalid_request', '/'],
    ['an id that is none', 'GET', '/v1/projects/42', undefined, 400, 'invalid_request', '{id}'],
    ['an id nobody has', 'GET', `/v1/projects/${uuid}`, undefined, 404, 'not_found', undefined],
    ['a run nobody has', 'GET', `/v1/runs/${uuid}`, undefined, 404, 'not_found', undefined],
    ['retrying a run nobody has', 'POST', `/v1/runs/${uuid}/retry`, {}, 404, 'not_found', undefined],
    [
      'retrying a run with half of a JSON text',
      'POST',
      `/v1/runs/${uuid}/retry`,
      '{',
      400,
      'malformed_json',
      undefined,
    ],
    ['a retry with GET', 'GET', `/v1/runs/${uuid}/retry`, undefined, 405, 'method_not_allowed', undefined],
    ['cancelling a run nobody has', 'POST', `/v1/runs/${uuid}/cancel`, undefined, 404, 'not_found', undefined],
    ['a version nobody has', 'GET', `/v1/versions/${uuid}`, undefined, 404, 'not_found', undefined],
    [
      'documents of a project nobody has',
      'GET',
      `/v1/projects/${uuid}/documents`,
      undefined,
      404,
      'not_found',
      undefined,
    ],
    ['a run for a project nobody has', 'POST', `/v1/projects/${uuid}/runs`, {}, 404, 'not_found', undefined],
    ['a limit of none', 'GET', '/v1/projects?limit=0', undefined, 400, 'invalid_request', '?limit'],
    ['a limit that is no number', 'GET', '/v1/projects?limit=many', undefined, 400, 'invalid_request', '?limit'],
    ['a search for nothing', 'GET', '/v1/projects?q=%20', undefined, 400, 'invalid_request', '?q'],
    ['a search for too much', 'GET', `/v1/projects?q=${'x'.repeat(201)}`, undefined, 400, 'invalid_request', '?q'],
    ['a search for NUL', 'GET', '/v1/projects?q=a%00b', undefined, 400, 'invalid_request', '?q'],
    ['two searches', 'GET', '/v1/projects?q=a&q=b', undefined, 400, 'invalid_request', '?q'],
    ['an unknown query parameter', 'GET', '/v1/projects?page=2', undefined, 400, 'invalid_request', '?page'],
    ['a cursor nobody gave', 'GET', '/v1/projects?cursor=abc', undefined, 400, 'invalid_request', '?cursor'],
    ['a route there is not', 'GET', '/v1/plans', undefined, 404, 'not_found', undefined],
    ['a method a route has not', 'PUT', '/v1/projects', undefined, 405, 'method_not_allowed', undefined],
  ])('%s is refused and changes nothing', async (_what, method, url, body, status, code, pointer) => {
    const before = await counts();
    const answer = await send(method, url, body);
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    if (pointer !== undefined) expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer }));
    expect(await counts()).toEqual(before);
  });

  it.each([
    ['text', 'text/plain', 'hello', 415],
    ['a form', 'application/x-www-form-urlencoded', 'name=A', 415],
    ['nothing', 'application/json', '', 400],
  ])('%s is no project', async (_what, type, payload, status) => {
    const answer = await send('POST', '/v1/projects', payload, { 'content-type': type });
    expect(answer).toMatchObject({ status, body: { status } });
  });

  it.each([
    ['an unknown mode', { mode: 'quick' }, '/mode'],
    ['an unknown document', { documents: ['poem'] }, '/documents/0'],
    ['a provider that is not offered', { provider: 'openai' }, '/provider'],
    ['no document', { documents: [] }, '/documents'],
    ['an unknown way in a conflict', { on_conflict: 'merge' }, '/on_conflict'],
    ['no way in a conflict', { on_conflict: null }, '/on_conflict'],
    ['a way in a conflict in capitals', { on_conflict: 'Reject' }, '/on_conflict'],
    ['an unknown field', { onConflict: 'reject' }, '/onConflict'],
  ])('a run with %s is refused and changes nothing', async (_what, body, pointer) => {
    const { id } = await newProject();
    const before = await counts();
    const answer = await send('POST', `/v1/projects/${id}/runs`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer }] } });
    expect(await counts()).toEqual(before);
  });
});

it('takes no body for none, whatever type it is said to have', async () => {
  const { id } = await newProject();
  const json = { 'content-type': 'application/json' };
  expect(await send('POST', `/v1/projects/${id}/runs`, undefined, json)).toMatchObject({ status: 202 });
  expect(await send('DELETE', `/v1/projects/${(await newProject()).id}`, undefined, json)).toMatchObject({
    status: 204,
  });
});

describe('projects', () => {
  it('are created, read, changed, listed and deleted', async () => {
    const made = await send('POST', '/v1/projects', { name: 'P', idea: 'I' });
    const id = idOf(made);
    expect(made).toMatchObject({
      status: 201,
      headers: { location: `/v1/projects/${id}` },
      body: { constraints: '', active_prd_version_id: null },
    });
    expect(await send('PATCH', `/v1/projects/${id}`, { constraints: 'Cheap' })).toMatchObject({
      status: 200,
      body: { idea: 'I', constraints: 'Cheap' },
    });
    expect((await send('GET', '/v1/projects?limit=1')).body).toMatchObject({ items: [{ id }] });
    expect(await send('PATCH', `/v1/projects/${id}`, {})).toMatchObject({ status: 400 });
    expect(await send('DELETE', `/v1/projects/${id}`)).toMatchObject({ status: 204, body: {} });
    expect(await send('GET', `/v1/projects/${id}`)).toMatchObject({ status: 404 });
  });
});

it('deletes the live logs of a project with it', async () => {
  const { id } = await newProject();
  const run = idOf(await send('POST', `/v1/projects/${id}/runs`));
  await database.transaction(async (tx) => {
    await tx.manager.query(`UPDATE runs SET status = 'cancelled', finished_at = now() WHERE id = $1`, [run]);
  });
  const channels = [runChannel(run), projectChannel(id)];
  const epochs = () => Promise.all(channels.map(async (channel) => (await live.snapshot(channel)).epoch));
  const before = await epochs();
  expect(await epochs()).toEqual(before);
  expect(await send('DELETE', `/v1/projects/${id}`)).toMatchObject({ status: 204 });
  for (const [i, epoch] of (await epochs()).entries()) expect(epoch).not.toBe(before[i]);
});

it('lists projects by what they say, each with its newest run, which is no part of the project', async () => {
  const made = { name: '50 % Rabatt', idea: 'Für Bäckereien.' };
  const ids = [idOf(await send('POST', '/v1/projects', made)), idOf(await send('POST', '/v1/projects', made))];
  const list = async (query: string) => {
    const { status, body } = await send('GET', `/v1/projects?${query}`);
    return { status, items: body['items'] as ListedProject[], next: body['next_cursor'] };
  };
  const q = 'q=%20%20b%C3%84CKEREI%20';
  const before = await send('GET', `/v1/projects/${ids[0]}`);
  const run = await send('POST', `/v1/projects/${ids[0]}/runs`, { documents: ['prd'], mode: 'draft' });
  const first = await list(`${q}&limit=1`);
  expect(first).toMatchObject({ status: 200, items: [{ id: ids[1], newest_run: null }], next: expect.any(String) });
  expect(await list(`${q}&limit=1&cursor=${String(first.next)}`)).toMatchObject({
    items: [{ id: ids[0], newest_run: { id: idOf(run), status: 'queued', sections_total: 7 } }],
    next: null,
  });
  expect((await list(`q=${'x'.repeat(200)}`)).items).toEqual([]);
  expect((await list('q=%25%20r')).items.map(({ id }) => id)).toEqual(ids.toReversed());
  const after = await send('GET', `/v1/projects/${ids[0]}`);
  expect([after.body, after.headers['etag']]).toEqual([before.body, before.headers['etag']]);
  expect(after.body).not.toHaveProperty('newest_run');
});

it('names the first of many faults, and how many more there are', async () => {
  const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`field${i}`, 1]));
  const { body } = await send('POST', '/v1/projects', { name: 'A', idea: 'B', ...fields });
  expect(body['errors']).toHaveLength(20);
  expect(body['detail']).toMatch(/; and 4980 more\.$/);
  expect(JSON.stringify(body).length).toBeLessThan(10_000);
});

it.each(['limit=5&limit=6', 'limit=many', 'limit=0'])('?%s is told what a limit is', async (query) => {
  expect((await send('GET', `/v1/projects?${query}`)).body).toMatchObject({
    detail: '?limit must be a whole number from 1 to 100.',
    request_id: expect.stringMatching(/./),
  });
});

describe('runs', () => {
  it('are written whole before the answer, and their command is sent', async () => {
    const { id } = await newProject();
    sent.length = 0;
    const answer = await send('POST', `/v1/projects/${id}/runs`);
    const run = { id: idOf(answer) };
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/v1/runs/${run.id}` },
      body: {
        status: 'queued',
        mode: 'detailed',
        provider: 'offline',
        model: 'offline-writer',
        triggered_by: 'local',
        writing: [],
      },
    });
    expect(answer.body['documents']).toMatchObject([
      { kind: 'prd', sections_total: 12 },
      { kind: 'tech_spec' },
      { kind: 'task_set', sections_total: 1 },
    ]);
    expect(sent).toMatchObject([{ name: 'run.start', payload: { run_id: run.id } }]);
    expect((await database.outbox.backlog()).count).toBe(0);
  });

  it('are one for many clicks; the others learn which', async () => {
    const { id } = await newProject();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => send('POST', `/v1/projects/${id}/runs`, { mode: 'draft' })),
    );
    const made = answers.filter(({ status }) => status === 202);
    expect(made).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 202)) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'run_active', run_id: made[0]?.body.id } });
    }
  });

  it('need the documents they are made from', async () => {
    const { id } = await newProject();
    const before = await counts();
    const answer = await send('POST', `/v1/projects/${id}/runs`, { documents: ['tech'] });
    expect(answer).toMatchObject({ status: 409, body: { code: 'prerequisite_missing', missing: ['prd'] } });
    expect(await counts()).toEqual(before);
  });

  it('are told to stop, again and again', async () => {
    const { id } = await newProject();
    const run = { id: idOf(await send('POST', `/v1/projects/${id}/runs`)) };
    sent.length = 0;
    expect(await send('POST', `/v1/runs/${run.id}/cancel`)).toMatchObject({ status: 202, body: { id: run.id } });
    expect(sent).toMatchObject([{ name: 'run.cancel', payload: { run_id: run.id } }]);
    expect(await send('POST', `/v1/runs/${run.id}/cancel`)).toMatchObject({ status: 202 });
  });

  it('are answered as they ended, when they are told to stop too late', async () => {
    const { id } = await newProject();
    const run = idOf(await send('POST', `/v1/projects/${id}/runs`, { documents: ['prd'], mode: 'draft' }));
    await writeRun(database, run, (section) => `The text of ${section}.`);
    const ended = await send('GET', `/v1/runs/${run}`);
    expect(ended).toMatchObject({ body: { status: 'succeeded' } });
    sent.length = 0;
    const answer = await send('POST', `/v1/runs/${run}/cancel`);
    expect([answer.status, answer.body]).toEqual([202, ended.body]);
    expect(sent).toEqual([]);
    expect((await send('GET', `/v1/runs/${run}`)).body).toEqual(ended.body);
  });

  it('are told to stop while they wait for another one, and wait for nobody then', async () => {
    const { id } = await newProject();
    await send('POST', `/v1/projects/${id}/runs`);
    const waiting = idOf(await send('POST', `/v1/projects/${id}/runs`, { on_conflict: 'enqueue' }));
    sent.length = 0;
    expect(await send('POST', `/v1/runs/${waiting}/cancel`)).toMatchObject({
      status: 202,
      body: { id: waiting, status: 'queued' },
    });
    expect(sent).toMatchObject([{ name: 'run.cancel', payload: { run_id: waiting } }]);
    await advance(database, waiting, { type: 'cancel_requested', at: Date.now() });
    expect(await send('POST', `/v1/runs/${waiting}/cancel`)).toMatchObject({ body: { status: 'cancelled' } });
    expect(idOf(await send('POST', `/v1/projects/${id}/runs`, { on_conflict: 'enqueue' }))).not.toBe(waiting);
  });
});

describe('keys', () => {
  it.each([
    ['no key', {}, 401],
    ['a wrong key', { authorization: 'Bearer pw_wrong' }, 401],
    ['another scheme', { authorization: `Basic ${KEY}` }, 401],
    ['the key', { authorization: `Bearer ${KEY}` }, 200],
  ])('with %s', async (_what, headers, status) => {
    expect(await send('GET', '/v1/projects', undefined, headers as Record<string, string>, closed)).toMatchObject({
      status,
    });
  });

  it.each(['/v1/projects', '/%761/projects', '/v%31/projects'])('are asked for at %s', async (path) => {
    expect(await send('GET', path, undefined, {}, closed)).toMatchObject({ status: 401 });
    expect(await send('GET', path)).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  });

  it('of another workspace see nothing of this one', async () => {
    const { id } = await newProject();
    const run = { id: idOf(await send('POST', `/v1/projects/${id}/runs`)) };
    const other = newId();
    await database.transaction(async (tx) => {
      await tx.manager.query(`INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [other]);
    });
    await ensureKey(database, 'other-workspace-key-0123456789', { workspaceId: other, name: 'o' });
    const headers = { authorization: 'Bearer other-workspace-key-0123456789' };
    for (const path of [
      `/v1/projects/${id}`,
      `/v1/projects/${id}/runs`,
      `/v1/projects/${id}/tasks`,
      `/v1/runs/${run.id}`,
    ]) {
      expect(await send('GET', path, undefined, headers, closed)).toMatchObject({ status: 404 });
    }
    expect(await send('POST', `/v1/runs/${run.id}/cancel`, undefined, headers, closed)).toMatchObject({ status: 404 });
    expect(await send('GET', '/v1/projects', undefined, headers, closed)).toMatchObject({ body: { items: [] } });
  });
});

it('describes itself without a key', async () => {
  expect(await send('GET', '/openapi.json', undefined, {}, closed)).toMatchObject({
    status: 200,
    body: { openapi: '3.1.0' },
  });
  expect(await send('GET', '/healthz', undefined, {}, closed)).toMatchObject({
    status: 200,
    body: { status: 'ok', service: 'planwright' },
  });
  const page = await closed.inject({ url: '/docs' });
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const policy = page.headers['content-security-policy'];
  for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
    expect(policy).toContain(part);
});
