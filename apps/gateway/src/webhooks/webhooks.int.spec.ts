import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DeliveryResource } from '@planwright/contracts';
import { MAX_WEBHOOKS, webhookResource, webhookWithSecret } from '@planwright/contracts';
import { ensureKey, WebhookSecrets } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { idOf, openGateways, query, send as sendTo } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
}, 60_000);
afterEach(() => query(gateways.database, 'DELETE FROM webhooks'));
afterAll(() => gateways.close());

const send = (method: string, path = '', body?: unknown, headers?: Record<string, string>) =>
  sendTo(app, method, `/v1/webhooks${path}`, body, headers);
const create = (more: object = {}) => send('POST', '', { url: 'https://example.com/hook', events: ['*'], ...more });
const items = ({ body }: Answer) => body['items'] as { id: string }[];

it('shows the secret when it is made and when it is exchanged, and never again', async () => {
  const made = await create({ events: ['run.ended'], description: 'CI' });
  expect(made).toMatchObject({ status: 201, headers: { location: `/v1/webhooks/${idOf(made)}` } });
  const { secret, ...webhook } = webhookWithSecret.parse(made.body);
  expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
  expect(webhook).toMatchObject({
    ...{ url: 'https://example.com/hook', events: ['run.ended'], description: 'CI', enabled: true },
    ...{ disabled_at: null, disabled_reason: null, failing_since: null, previous_secret_until: null },
  });
  const read = await send('GET', `/${idOf(made)}`);
  expect(webhookResource.strict().parse(read.body)).toEqual(webhook);

  const rotated = await send('POST', `/${idOf(made)}/rotate-secret`);
  expect(rotated.status).toBe(200);
  const fresh = webhookWithSecret.parse(rotated.body);
  expect(fresh.secret).not.toBe(secret);
  const overlapMs = Date.parse(fresh.previous_secret_until ?? '') - Date.parse(fresh.updated_at);
  expect(overlapMs).toBe(24 * 3_600_000);
  const [stored] = await query<{ secrets: Buffer[] }>(gateways.database, 'SELECT secrets FROM webhooks');
  expect(stored?.secrets.map((bytes) => `whsec_${bytes.toString('base64')}`)).toEqual([fresh.secret, secret]);
  for (const answer of [
    await send('GET'),
    await send('GET', `/${idOf(made)}`),
    await send('PATCH', `/${idOf(made)}`, { description: 'x' }),
    await send('POST', `/${idOf(made)}/test`),
    await send('GET', `/${idOf(made)}/deliveries`),
  ]) {
    expect(answer.status).toBeLessThan(300);
    expect(answer.text).not.toContain('whsec_');
    expect(answer.body).not.toHaveProperty('secrets');
  }
});

it('stores secrets sealed where there is a key', async () => {
  const secrets = new WebhookSecrets([Buffer.alloc(32, 1)]);
  const sealing = await gateways.start({ secrets });
  const made = await sendTo(sealing, 'POST', '/v1/webhooks', { url: 'https://example.com/hook', events: ['*'] });
  const rotated = await sendTo(sealing, 'POST', `/v1/webhooks/${idOf(made)}/rotate-secret`);
  const [row] = await query<{ secrets: Buffer[] }>(gateways.database, 'SELECT secrets FROM webhooks');
  expect(row?.secrets.map(({ length }) => length)).toEqual([65, 65]);
  const opened = row?.secrets.map((stored) => secrets.open(stored, idOf(made))?.toString('base64'));
  expect(opened?.map((secret) => `whsec_${secret}`)).toEqual([rotated.body['secret'], made.body['secret']]);
});

it('is changed, switched off with what waits, switched on and deleted', async () => {
  const id = idOf(await create());
  const changed = await send('PATCH', `/${id}`, { url: 'https://example.org', events: ['task.moved'] });
  expect(changed).toMatchObject({ status: 200, body: { url: 'https://example.org/', events: ['task.moved'] } });
  expect((await send('POST', `/${id}/test`)).status).toBe(202);
  const off = await send('PATCH', `/${id}`, { enabled: false });
  expect(off.body).toMatchObject({ enabled: false, disabled_reason: 'person' });
  const [delivery] = items(await send('GET', `/${id}/deliveries?status=failed`));
  expect(delivery).toMatchObject({ last_error: 'The webhook was switched off before the next attempt.' });

  for (const path of [`/${id}/test`, `/${id}/deliveries/${delivery?.id}/replay`]) {
    const refused = await send('POST', path);
    expect(refused).toMatchObject({ status: 409, body: { code: 'webhook_disabled' } });
    expect(refused.body['detail']).toContain('person');
  }
  expect(items(await send('GET', `/${id}/deliveries`))).toHaveLength(1);
  expect((await send('PATCH', `/${id}`, { enabled: true })).body).toMatchObject({ enabled: true, disabled_at: null });
  expect((await send('DELETE', `/${id}`)).status).toBe(204);
  expect((await send('GET', `/${id}`)).status).toBe(404);
  expect(await query(gateways.database, 'SELECT FROM webhook_deliveries')).toEqual([]);
});

it('is told of what became of a project that is deleted', async () => {
  const project = idOf(await sendTo(app, 'POST', '/v1/projects', { name: 'Courts', idea: 'An app.', constraints: '' }));
  const id = idOf(await create({ events: ['task.created', 'run.ended'] }));
  const card = await sendTo(app, 'POST', `/v1/projects/${project}/tasks`, { title: 'Show free courts' });
  const run = await sendTo(app, 'POST', `/v1/projects/${project}/runs`, {});
  expect([card.status, run.status]).toEqual([201, 202]);
  const ended = { type: 'run.ended', run_id: idOf(run), run: { ...run.body, status: 'cancelled' } };
  await gateways.database.transaction((tx) => tx.events.appendProject(project, [ended as never]));
  await query(gateways.database, `UPDATE runs SET status = 'cancelled', finished_at = now() WHERE id = $1`, [
    idOf(run),
  ]);
  // Nobody was told of them yet.
  expect((await sendTo(app, 'DELETE', `/v1/projects/${project}`)).status).toBe(204);
  const told = items(await send('GET', `/${id}/deliveries`)) as unknown as DeliveryResource[];
  expect(told.map(({ event, status, attempts }) => [event, status, attempts]).sort()).toEqual([
    ['run.ended', 'waiting', 0],
    ['task.created', 'waiting', 0],
  ]);
  for (const { payload } of told) expect(payload.data).toMatchObject({ project_id: project });
});

it('notes who changed what, tests included', async () => {
  const id = idOf(await create());
  await send('PATCH', `/${id}`, { description: 'x' });
  await send('POST', `/${id}/rotate-secret`);
  const test = await send('POST', `/${id}/test`, undefined, { 'idempotency-key': 'noted-once' });
  await send('POST', `/${id}/test`, undefined, { 'idempotency-key': 'noted-once' });
  await send('POST', `/${id}/deliveries/${idOf(test)}/replay`);
  await send('DELETE', `/${id}`);
  const log = await sendTo(app, 'GET', '/v1/audit-log?limit=100');
  const actions = (log.body['items'] as { action: string; subject: string }[]).filter(({ subject }) => subject === id);
  const verbs = ['create', 'update', 'rotate', 'test', 'replay', 'delete'];
  expect(actions.map(({ action }) => action).reverse()).toEqual(verbs.map((verb) => `webhook.${verb}`));
  const page = readFileSync(new URL('../../../../docs/access.md', import.meta.url), 'utf8');
  for (const verb of verbs) expect(page).toContain(`\`webhook.${verb}\``);
});

it('replays a message under its id, as often as asked and once for a key', async () => {
  const id = idOf(await create());
  const test = await send('POST', `/${id}/test`, undefined, { 'idempotency-key': 'a' });
  expect(test).toMatchObject({ status: 202, body: { event: 'webhook.test', status: 'waiting', attempts: 0 } });
  const again = await send('POST', `/${id}/test`, undefined, { 'idempotency-key': 'a' });
  expect(again.body).toEqual(test.body);
  expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  await query(gateways.database, `UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL`);

  const path = `/${id}/deliveries/${idOf(test)}/replay`;
  const replays = await Promise.all([send('POST', path), send('POST', path)]);
  for (const { status, body } of replays) {
    expect(status).toBe(202);
    const { message_id, payload } = test.body;
    expect(body).toMatchObject({ message_id, payload, replay_of: idOf(test), status: 'waiting', attempts: 0 });
    expect(body.id).not.toBe(idOf(test));
  }
  const first = await send('GET', `/${id}/deliveries?limit=2`);
  const rest = await send('GET', `/${id}/deliveries?limit=2&cursor=${String(first.body['next_cursor'])}`);
  expect([...items(first), ...items(rest)].map((one) => one.id)).toEqual(
    [...replays.map(idOf), idOf(test)].sort().reverse(),
  );
  expect(rest.body['next_cursor']).toBeNull();
});

it('has a limit for each workspace, also for many requests at once', async () => {
  await query(
    gateways.database,
    `INSERT INTO webhooks (id, workspace_id, url, events, secrets)
     SELECT gen_random_uuid(), id, 'https://example.com', '{*}', ARRAY['\\x00'::bytea] FROM workspaces, generate_series(1, $1)`,
    [MAX_WEBHOOKS - 2],
  );
  const answers = await Promise.all(Array.from({ length: 6 }, () => create()));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'too_many_webhooks', limit: 50 });
});

it.each([
  ['nothing', {}, ['/']],
  ['an unknown field', { secret: 'whsec_mine' }, ['/secret']],
  ['what is no switch', { enabled: 'yes' }, ['/enabled']],
  ['no events', { events: [] }, ['/events']],
  ['a file', { url: 'file:///etc/passwd' }, ['/url']],
])('refuses a change to %s, and changes nothing', async (_what, body, pointers) => {
  const id = idOf(await create());
  const before = await send('GET', `/${id}`);
  const refused = await send('PATCH', `/${id}`, body);
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  expect((refused.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
  expect((await send('GET', `/${id}`)).body).toEqual(before.body);
});

it('with keys: only https to a named host, and only what is one’s own', async () => {
  const closed = await gateways.start({ auth: 'required' });
  const workspaceId = newId();
  await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [workspaceId]);
  const key = 'pw_test_webhooks_0123456789abcdef';
  await ensureKey(gateways.database, key, { workspaceId, name: 'k' });
  const theirs = (method: string, path: string, body?: unknown) =>
    sendTo(closed, method, `/v1/webhooks${path}`, body, { authorization: `Bearer ${key}` });
  for (const url of ['http://example.com', 'https://127.0.0.1', 'https://localhost']) {
    const refused = await theirs('POST', '', { url, events: ['*'] });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '/url' }] } });
  }
  const id = idOf(await create());
  const delivery = idOf(await send('POST', `/${id}/test`));
  expect(items(await theirs('GET', ''))).toEqual([]);
  const before = await query(gateways.database, 'SELECT * FROM webhooks');
  for (const [method, path, body] of [
    ['GET', `/${id}`],
    ['PATCH', `/${id}`, { enabled: false }],
    ['DELETE', `/${id}`],
    ['POST', `/${id}/rotate-secret`],
    ['POST', `/${id}/test`],
    ['GET', `/${id}/deliveries`],
    ['POST', `/${id}/deliveries/${delivery}/replay`],
  ] as [string, string, unknown?][]) {
    expect(await theirs(method, path, body)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  }
  expect(await query(gateways.database, 'SELECT * FROM webhooks')).toEqual(before);
  expect(items(await send('GET', `/${id}/deliveries`))).toHaveLength(1);
});
