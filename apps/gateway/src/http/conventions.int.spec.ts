import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newId } from '@planwright/runtime';
import { countRows, idOf, openGateways, send as sendTo, writeRun } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());

const PROJECT = { name: 'Courts', idea: 'Find a free court.' };
const send = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
  sendTo(app, method, url, body, headers);
const newProject = async () => idOf(await send('POST', '/v1/projects', PROJECT));
const etagOf = ({ headers }: Answer) => String(headers['etag']);

describe('states have names', () => {
  it('which a client has that asks again: 304 without a body', async () => {
    const path = `/v1/projects/${await newProject()}`;
    const first = await send('GET', path);
    expect(etagOf(first)).toMatch(/^"[\w-]{24}"$/);
    for (const known of [etagOf(first), `W/${etagOf(first)}`, `"other", ${etagOf(first)}`, '*']) {
      const again = await send('GET', path, undefined, { 'if-none-match': known });
      expect([again.status, again.text, etagOf(again)]).toEqual([304, '', etagOf(first)]);
    }
    await send('PATCH', path, { name: 'Other' });
    const changed = await send('GET', path, undefined, { 'if-none-match': etagOf(first) });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Other' } });
    expect(etagOf(changed)).not.toBe(etagOf(first));
  });

  it('the same with HEAD as with GET', async () => {
    const path = `/v1/projects/${await newProject()}`;
    const [get, head] = [await send('GET', path), await send('HEAD', path)];
    expect([head.status, head.text, etagOf(head)]).toEqual([200, '', etagOf(get)]);
  });

  it('by which a project is changed, or not', async () => {
    const path = `/v1/projects/${await newProject()}`;
    const first = await send('GET', path);
    const changed = await send('PATCH', path, { name: 'Mine' }, { 'if-match': etagOf(first) });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Mine' } });
    expect(etagOf(changed)).toBe(etagOf(await send('GET', path)));
    const late = await send('PATCH', path, { name: 'Yours' }, { 'if-match': etagOf(first) });
    expect(late).toMatchObject({ status: 412, body: { code: 'precondition_failed', current: { name: 'Mine' } } });
    expect(late.body['detail']).toContain(etagOf(changed));
    expect((await send('GET', path)).body).toMatchObject({ name: 'Mine' });
  });

  it('by which one of two people changes a project', async () => {
    const path = `/v1/projects/${await newProject()}`;
    const etag = etagOf(await send('GET', path));
    const names = Array.from({ length: 8 }, (_, i) => `N${i}`);
    const answers = await Promise.all(names.map((name) => send('PATCH', path, { name }, { 'if-match': etag })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  });

  it('by which columns are changed, or not', async () => {
    const path = `/v1/projects/${await newProject()}/columns`;
    const first = await send('GET', path);
    const columns = (title: string) => ({ columns: [{ key: 'todo', title, category: 'todo' }] });
    const changed = await send('PUT', path, columns('A'), { 'if-match': etagOf(first) });
    expect([changed.status, etagOf(changed)]).toEqual([200, etagOf(await send('GET', path))]);
    expect(await send('PUT', path, columns('B'), { 'if-match': etagOf(first) })).toMatchObject({
      status: 412,
      body: { current: { columns: [{ title: 'A' }] } },
    });
    expect((await send('GET', path)).body).toMatchObject({ columns: [{ title: 'A' }] });
  });

  it('of cards, as they are asked for in If-Match', async () => {
    const card = await send('POST', `/v1/projects/${await newProject()}/tasks`, { title: 'A card' });
    const path = `/v1/tasks/${idOf(card)}`;
    expect(await send('GET', path, undefined, { 'if-none-match': etagOf(card) })).toMatchObject({ status: 304 });
    expect(await send('PATCH', path, { title: 'B' })).toMatchObject({
      status: 428,
      body: { code: 'precondition_required' },
    });
    expect(await send('PATCH', path, { title: 'B' }, { 'if-match': etagOf(card) })).toMatchObject({ status: 200 });
  });
});

describe('Prefer', () => {
  const startRun = async (prefer: string) =>
    send('POST', `/v1/projects/${await newProject()}/runs`, { documents: ['prd'], mode: 'draft' }, { prefer });

  it('respond-async is what every 202 is', async () => {
    const { status, headers, body } = await startRun('respond-async');
    expect([status, headers['preference-applied'], headers['location']]).toEqual([
      202,
      'respond-async',
      `/v1/runs/${body.id}`,
    ]);
  });

  it('wait=N answers 202 where the run has not ended by then', async () => {
    const { status, headers, body } = await startRun('wait=1');
    expect([status, headers['preference-applied'], body['status']]).toEqual([202, 'wait=1', 'queued']);
  });

  it('wait=N answers 200 as soon as the run has ended', async () => {
    const project = await newProject();
    const asked = send('POST', `/v1/projects/${project}/runs`, { documents: ['prd'] }, { prefer: 'wait=60' });
    let runId: string | undefined;
    while (runId === undefined) {
      await sleep(20);
      const { body } = await send('GET', `/v1/projects/${project}/runs`);
      runId = (body['items'] as { id: string }[])[0]?.id;
    }
    await writeRun(gateways.database, runId, () => 'A text.');
    expect(await asked).toMatchObject({ status: 200, body: { id: runId, status: 'succeeded' } });
  });

  it('return=minimal leaves out what can be read at Location, or is known', async () => {
    const prefer = { prefer: 'return=minimal' };
    const made = await send('POST', '/v1/projects', PROJECT, prefer);
    expect([made.status, made.text, made.headers['preference-applied']]).toEqual([201, '', 'return=minimal']);
    const path = String(made.headers['location']);
    const changed = await send('PATCH', path, { name: 'New' }, prefer);
    expect([changed.status, changed.text]).toEqual([204, '']);
    const read = await send('GET', path, undefined, prefer);
    expect(read).toMatchObject({ status: 200, body: { name: 'New' } });
    expect(etagOf(changed)).toBe(etagOf(read));
  });

  it('is not applied to what is refused', async () => {
    const answer = await send('POST', `/v1/projects/${newId()}/runs`, {}, { prefer: 'wait=5, return=minimal' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(answer.headers['preference-applied']).toBeUndefined();
  });
});

describe('a key whose first request is at work', () => {
  it('is 409 for the next one, which changes nothing; when the first has failed, it is free', async () => {
    const key = newId();
    const ask = () => send('POST', '/v1/projects', PROJECT, { 'idempotency-key': key });
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    let claimed: () => void = () => undefined;
    const isClaimed = new Promise<void>((resolve) => (claimed = resolve));
    const first = gateways.database.transaction(async (tx) => {
      const request = { workspaceId: '00000000-0000-7000-8000-000000000001', route: 'POST /v1/projects', key };
      await tx.idempotency.claim({ ...request, bodyHash: 'a'.repeat(64) });
      claimed();
      await held;
      throw new Error('refused');
    });
    await isClaimed;
    const before = await countRows(gateways.database);
    const refused = await ask();
    expect(refused).toMatchObject({ status: 409, body: { code: 'idempotency_key_in_use' } });
    expect(refused.headers['retry-after']).toBe('1');
    expect(await countRows(gateways.database)).toEqual(before);
    free();
    await expect(first).rejects.toThrow('refused');
    expect(await ask()).toMatchObject({ status: 201 });
  });
});

describe('what no route takes', () => {
  it.each([
    ['a parameter nobody reads', 'GET', '/v1/usage?colour=red', {}, 400, 'invalid_request'],
    ['a parameter of a route without any', 'GET', `/v1/projects/${newId()}?x=1`, {}, 400, 'invalid_request'],
    ['a parameter twice', 'GET', '/v1/projects?limit=1&limit=2', {}, 400, 'invalid_request'],
    ['a type nobody can answer', 'GET', '/v1/projects', { accept: 'text/html' }, 406, 'not_acceptable'],
    ['a stream where there is none', 'GET', '/v1/projects', { accept: 'text/event-stream' }, 406, 'not_acceptable'],
    ['JSON of a stream', 'POST', '/v1/prds/stream/v2', { accept: 'application/json' }, 406, 'not_acceptable'],
    ['a path of 9 KB', 'GET', `/v1/projects?cursor=${'x'.repeat(9_000)}`, {}, 414, 'uri_too_long'],
  ])('%s', async (_what, method, url, headers, status, code) => {
    const answer = await send(method, url, undefined, headers);
    expect(answer).toMatchObject({ status, body: { code, status } });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('but every type that holds JSON', async () => {
    for (const accept of ['*/*', 'application/*', 'text/html, */*;q=0.1']) {
      expect(await send('GET', '/v1/projects', undefined, { accept })).toMatchObject({ status: 200 });
    }
  });
});

it.each([
  ['/v1/projects', 'POST, GET, HEAD, OPTIONS'],
  [`/v1/runs/${newId()}/cancel`, 'POST, OPTIONS'],
  [`/v1/tasks/${newId()}`, 'GET, HEAD, PATCH, DELETE, OPTIONS'],
])('OPTIONS %s says %s', async (path, allow) => {
  const { status, headers, text } = await send('OPTIONS', path);
  expect([status, headers['allow'], text]).toEqual([204, allow, '']);
});

it('the older stream says that it goes, whatever it answers', async () => {
  const { headers } = await send('POST', '/v1/prds/stream', { project_id: newId(), mode: 'draft' });
  expect(headers).toMatchObject({
    deprecation: '@1795219200',
    sunset: 'Tue, 30 Nov 2027 00:00:00 GMT',
    link: '</v1/prds/stream/v2>; rel="successor-version"',
  });
  expect((await send('POST', '/v1/prds/stream/v2', { project_id: newId(), mode: 'draft' })).headers).not.toHaveProperty(
    'deprecation',
  );
});
