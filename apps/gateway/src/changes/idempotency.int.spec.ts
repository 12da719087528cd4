import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ensureKey } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { advance, countRows, idOf, openGateways, query, send as sendTo } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());

const PROJECT = { name: 'Courts', idea: 'Find a free court.' };
const send = (url: string, body: unknown, key?: string): Promise<Answer> =>
  sendTo(app, 'POST', url, body, key === undefined ? {} : { 'idempotency-key': key });
const newProject = async () => idOf(await send('/v1/projects', PROJECT));
const keys = () => query(gateways.database, 'SELECT * FROM idempotency_keys ORDER BY created_at, key');
/** What an answer is, but for what every answer has of its own. */
const whole = ({ status, text, headers }: Answer) => [status, text, headers['location'], headers['content-type']];
const replayed = ({ headers }: Answer) => headers['idempotent-replayed'];

/** Every route that takes a key, with a body and another one. */
const ROUTES: [what: string, url: (projectId: string, runId: string) => string, body: unknown, other: unknown][] = [
  ['creating a project', () => '/v1/projects', PROJECT, { ...PROJECT, idea: 'Another one.' }],
  ['starting a run', (id) => `/v1/projects/${id}/runs`, { documents: ['prd'] }, { documents: ['prd'], mode: 'draft' }],
  ['retrying a run', (_, id) => `/v1/runs/${id}/retry`, {}, { on_conflict: 'enqueue' }],
];

describe.each(ROUTES)('a key for %s', (_what, url, body, other) => {
  let path: string;
  let key: string;
  beforeEach(async () => {
    const id = await newProject();
    const run = idOf(await send(`/v1/projects/${id}/runs`, { documents: ['prd'] }));
    await advance(gateways.database, run, { type: 'cancel_requested', at: Date.now() });
    path = url(id, run);
    key = newId();
  });

  it('answers the same to the byte, and does it once', async () => {
    const first = await send(path, body, key);
    expect(first.status).toBeLessThan(300);
    expect(replayed(first)).toBeUndefined();
    const before = await countRows(gateways.database);
    gateways.sent.length = 0;
    for (let i = 0; i < 3; i++) {
      const again = await send(path, body, key);
      expect(whole(again)).toEqual(whole(first));
      expect(replayed(again)).toBe('true');
    }
    expect(await countRows(gateways.database)).toEqual(before);
    expect(gateways.sent).toEqual([]);
  });

  it('belongs to its body', async () => {
    await send(path, body, key);
    const before = await countRows(gateways.database);
    expect(await send(path, other, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(await countRows(gateways.database)).toEqual(before);
  });

  it('makes one of fifty at once', async () => {
    const before = new Map((await countRows(gateways.database)).map(({ name, n }) => [name, n]));
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(path, body, key)));
    const [first] = answers as [Answer];
    expect(first.status).toBeLessThan(300);
    for (const answer of answers) expect(whole(answer)).toEqual(whole(first));
    expect(answers.filter((answer) => replayed(answer) === undefined)).toHaveLength(1);
    const after = new Map((await countRows(gateways.database)).map(({ name, n }) => [name, n]));
    const added = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(added('projects') + added('runs')).toBe(1);
    expect(added('idempotency_keys')).toBe(1);
  });
});

it('knows a body by what it says, not by how it is spelt', async () => {
  const id = await newProject();
  const first = await send(`/v1/projects/${id}/runs`, '{"documents":["prd","tech"],"mode":"draft"}', 'spelling');
  const again = await send(
    `/v1/projects/${id.toUpperCase()}/runs?`,
    '{ "mode": "draft", "on_conflict": "reject", "documents": ["prd", "tech_spec"] }',
    'spelling',
  );
  expect(whole(again)).toEqual(whole(first));
});

it('knows no body for an empty one', async () => {
  const id = await newProject();
  const first = await send(`/v1/projects/${id}/runs`, undefined, 'empty');
  expect(whole(await send(`/v1/projects/${id}/runs`, {}, 'empty'))).toEqual(whole(first));
});

it('answers a cancel as it was answered, whatever became of the run', async () => {
  const run = idOf(await send(`/v1/projects/${await newProject()}/runs`, {}));
  const first = await send(`/v1/runs/${run}/cancel`, undefined, 'stop');
  expect(first).toMatchObject({ status: 202, body: { status: 'queued' } });
  await advance(gateways.database, run, { type: 'cancel_requested', at: Date.now() });
  expect(whole(await send(`/v1/runs/${run}/cancel`, undefined, 'stop'))).toEqual(whole(first));
  expect(await send(`/v1/runs/${run}/cancel`, undefined, 'again')).toMatchObject({ body: { status: 'cancelled' } });
});

it('means something on one path and in one workspace only', async () => {
  const [a, b] = [await newProject(), await newProject()];
  const first = await send(`/v1/projects/${a}/runs`, {}, 'shared');
  const other = await send(`/v1/projects/${b}/runs`, {}, 'shared');
  expect([first.status, other.status, replayed(other)]).toEqual([202, 202, undefined]);
  const workspaceId = newId();
  await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [workspaceId]);
  const bearer = `key-of-${workspaceId}`;
  await ensureKey(gateways.database, bearer, { workspaceId, name: 'o' });
  const closed = await gateways.start({ auth: 'required' });
  await send('/v1/projects', PROJECT, 'across');
  const headers = { authorization: `Bearer ${bearer}`, 'idempotency-key': 'across' };
  const stranger = await sendTo(closed, 'POST', '/v1/projects', PROJECT, headers);
  expect([stranger.status, replayed(stranger)]).toEqual([201, undefined]);
});

it('is free again after a refusal, which leaves nothing behind', async () => {
  const id = await newProject();
  const before = await countRows(gateways.database);
  const refusals: [string, unknown, number][] = [
    [`/v1/projects/${id}/runs`, { documents: ['tech'] }, 409],
    [`/v1/projects/${id}/runs`, { mode: 'quick' }, 400],
    [`/v1/projects/${newId()}/runs`, {}, 404],
    [`/v1/runs/${newId()}/cancel`, undefined, 404],
    ['/v1/projects', { name: '' }, 400],
  ];
  for (const [url, body, status] of refusals) expect(await send(url, body, 'refused')).toMatchObject({ status });
  expect(await countRows(gateways.database)).toEqual(before);
  const answer = await send(`/v1/projects/${id}/runs`, { documents: ['prd'] }, 'refused');
  expect([answer.status, replayed(answer)]).toEqual([202, undefined]);
});

it('of a run tells where to listen from, before anything has happened', async () => {
  const id = await newProject();
  const { body } = await send(`/v1/projects/${id}/runs`, {}, 'stream');
  const log = await gateways.live.snapshot(`run.${body.id}`);
  expect(body).toMatchObject({ stream: { epoch: log.epoch, seq: 0 }, writing: [], status: 'queued' });
});

it.each([
  ['none', ''],
  ['one too long', 'k'.repeat(256)],
  ['one with a space', 'a b'],
  ['one with a letter of another alphabet', 'schlüssel'],
  ['one with a tab', 'a\tb'],
])('a key that is %s is refused and changes nothing', async (_what, key) => {
  const before = await countRows(gateways.database);
  const id = newId();
  for (const url of ['/v1/projects', `/v1/projects/${id}/runs`, `/v1/runs/${id}/cancel`, `/v1/runs/${id}/retry`]) {
    expect(await send(url, PROJECT, key)).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_request',
        detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters.',
        errors: [{ pointer: 'Idempotency-Key', limit: 255 }],
      },
    });
  }
  expect(await countRows(gateways.database)).toEqual(before);
});

it('takes a key of 255 characters', async () => {
  const key = '~'.repeat(255);
  const first = await send('/v1/projects', PROJECT, key);
  expect(first.status).toBe(201);
  expect(replayed(await send('/v1/projects', PROJECT, key))).toBe('true');
});

it('leaves no trace of requests without a key', async () => {
  const before = await keys();
  await send(`/v1/projects/${await newProject()}/runs`, {});
  expect(await keys()).toEqual(before);
});
