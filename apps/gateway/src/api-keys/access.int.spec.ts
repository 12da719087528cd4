import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ApiKeyResource, AuditEntryResource, IssuedApiKey, Route } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID, includesRole, ROLES, ROUTES } from '@planwright/contracts';
import { ensureBootstrapKey, ensureKey } from '@planwright/persistence';
import type { Database } from '@planwright/persistence';
import { createLogger, createTokenVerifier, newId } from '@planwright/runtime';
import { AUDIENCE, ISSUER, signingKey, signToken, startIdentityProvider } from '@planwright/testing';
import type { IdentityProvider, SigningKey } from '@planwright/testing';
import { openGateways, query, send as sendTo } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

const BOOTSTRAP = 'any-text-of-the-operator-0123456789';
const PAGE = 'https://plan.example.com';

let gateways: Gateways;
let database: Database;
let app: NestFastifyApplication;
let provider: IdentityProvider;
let signer: SigningKey;
const logged: string[] = [];
const log = createLogger('gateway', 'trace', { write: (line: string) => void logged.push(line) });

beforeAll(async () => {
  gateways = await openGateways();
  ({ database } = gateways);
  await ensureBootstrapKey(database, BOOTSTRAP);
  signer = await signingKey('first');
  provider = await startIdentityProvider(signer);
  const verifyToken = createTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUrl: provider.url }, { log });
  app = await gateways.start({ auth: 'required', verifyToken, log }, { origins: [PAGE] });
}, 60_000);
afterAll(async () => {
  await gateways.close();
  await provider.close();
});

const send = (method: string, url: string, bearer: string | null, payload?: unknown, headers: object = {}) =>
  sendTo(app, method, url, payload, { ...(bearer !== null && { authorization: `Bearer ${bearer}` }), ...headers });
const made = async (body: object, bearer = BOOTSTRAP): Promise<IssuedApiKey> => {
  const answer = await send('POST', '/v1/api-keys', bearer, body);
  expect(answer).toMatchObject({ status: 201, headers: { location: `/v1/api-keys/${answer.body.id}` } });
  return answer.body as unknown as IssuedApiKey;
};
const shown = async (id: string): Promise<ApiKeyResource> =>
  (await send('GET', `/v1/api-keys/${id}`, BOOTSTRAP)).body as unknown as ApiKeyResource;
const works = async (key: string) => (await send('GET', '/v1/projects', key)).status === 200;
const newWorkspace = async (): Promise<string> => {
  const id = newId();
  await query(database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [id]);
  return id;
};
const audit = async (bearer = BOOTSTRAP): Promise<AuditEntryResource[]> =>
  (await send('GET', '/v1/audit-log?limit=100', bearer)).body['items'] as AuditEntryResource[];
const tokenOf = (role: unknown, workspace: unknown = DEFAULT_WORKSPACE_ID) =>
  signToken(signer, { claims: { planwright_role: role, planwright_workspace: workspace } });

describe('an API key', () => {
  it('is shown once and stored as a hash', async () => {
    const { key, ...rest } = await made({ name: 'CI', role: 'editor' });
    expect(key).toMatch(new RegExp(`^${rest.prefix}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$`));
    expect(rest).toMatchObject({ name: 'CI', role: 'editor', expires_at: null, last_used_at: null, revoked_at: null });
    expect(await shown(rest.id)).toEqual(rest);
    const list = await send('GET', '/v1/api-keys', BOOTSTRAP);
    expect((list.body['items'] as object[])[0]).toEqual(rest);
    const rows = await query<object>(database, 'SELECT k::text AS row FROM api_keys k');
    expect(JSON.stringify([list.text, rows])).not.toContain(key.slice(12));
    expect(await works(key)).toBe(true);
  });

  it('names its maker, and makes runs under its name', async () => {
    const maker = await made({ name: 'Maker', role: 'admin' });
    const child = await made({ name: 'Child', role: 'viewer' }, maker.key);
    expect(child.created_by).toBe(`key:${maker.id}`);
  });

  it('with a wrong letter is refused without asking the database', async () => {
    const { key } = await made({ name: 'A', role: 'viewer' });
    const asked: string[] = [];
    const { read } = gateways.confined;
    const apiKey = jest.spyOn(read, 'apiKey').mockImplementation(async (hash) => {
      asked.push(hash);
      return null;
    });
    try {
      const at = 20;
      const wrong = key.slice(0, at) + (key[at] === 'a' ? 'b' : 'a') + key.slice(at + 1);
      expect(await send('GET', '/v1/projects', wrong)).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
      expect(asked).toEqual([]);
      expect(await send('GET', '/v1/projects', key)).toMatchObject({ status: 401 });
      expect(asked).toHaveLength(1);
    } finally {
      apiKey.mockRestore();
    }
  });

  it('ends when it expires', async () => {
    const key = await made({ name: 'A', role: 'viewer', expires_at: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await works(key.key)).toBe(true);
    await query(database, `UPDATE api_keys SET expires_at = now() WHERE id = $1`, [key.id]);
    expect(await works(key.key)).toBe(false);
    expect(await send('POST', `/v1/api-keys/${key.id}/rotate`, BOOTSTRAP)).toMatchObject({
      status: 409,
      body: { code: 'not_rotatable' },
    });
  });

  it('ends when it is revoked, for ever and more than once', async () => {
    const { id, key } = await made({ name: 'A', role: 'viewer' });
    expect(await works(key)).toBe(true);
    expect(await send('DELETE', `/v1/api-keys/${id}`, BOOTSTRAP)).toMatchObject({ status: 204, text: '' });
    expect(await works(key)).toBe(false);
    const { revoked_at } = await shown(id);
    expect(await send('DELETE', `/v1/api-keys/${id}`, BOOTSTRAP)).toMatchObject({ status: 204 });
    expect((await shown(id)).revoked_at).toBe(revoked_at);
    expect((await audit()).filter(({ subject, action }) => subject === id && action === 'api_key.revoke')).toHaveLength(
      1,
    );
  });

  it('rotated has a new secret; the old one is good for the grace, and the one before that no more', async () => {
    const first = await made({ name: 'A', role: 'viewer' });
    const rotate = async (grace?: number): Promise<IssuedApiKey> => {
      const answer = await send(
        'POST',
        `/v1/api-keys/${first.id}/rotate`,
        BOOTSTRAP,
        grace === undefined ? undefined : { grace_seconds: grace },
      );
      expect(answer.status).toBe(200);
      return answer.body as unknown as IssuedApiKey;
    };
    const second = await rotate();
    expect(second).toMatchObject({ id: first.id, prefix: first.prefix, name: 'A', role: 'viewer' });
    const graceMs = Date.parse(second.previous_expires_at ?? '') - Date.parse(second.rotated_at ?? '');
    expect(graceMs).toBe(86_400_000);
    expect([await works(first.key), await works(second.key)]).toEqual([true, true]);
    const third = await rotate(0);
    expect([await works(first.key), await works(second.key), await works(third.key)]).toEqual([false, false, true]);
    await send('DELETE', `/v1/api-keys/${first.id}`, BOOTSTRAP);
    expect(await works(third.key)).toBe(false);
  });

  it('of the configuration is not rotated here', async () => {
    const keys = (await send('GET', '/v1/api-keys?limit=100', BOOTSTRAP)).body['items'] as ApiKeyResource[];
    const { id } = keys.find(({ name }) => name === 'bootstrap') as ApiKeyResource;
    expect(await send('POST', `/v1/api-keys/${id}/rotate`, BOOTSTRAP)).toMatchObject({
      status: 409,
      body: { code: 'not_rotatable', detail: expect.stringContaining('PLANWRIGHT_BOOTSTRAP_KEY') },
    });
    expect(await works(BOOTSTRAP)).toBe(true);
  });

  it('notes when it was used, once a minute', async () => {
    const { id, key } = await made({ name: 'A', role: 'viewer' });
    await works(key);
    const { last_used_at } = await shown(id);
    expect(Date.now() - Date.parse(last_used_at ?? '')).toBeLessThan(60_000);
    await Promise.all(Array.from({ length: 5 }, () => works(key)));
    expect((await shown(id)).last_used_at).toBe(last_used_at);
    await query(database, `UPDATE api_keys SET last_used_at = now() - interval '61 seconds' WHERE id = $1`, [id]);
    await works(key);
    expect(Date.now() - Date.parse((await shown(id)).last_used_at ?? '')).toBeLessThan(60_000);
  });

  it.each([
    [{ name: '', role: 'viewer' }, '/name'],
    [{ name: 'x'.repeat(101), role: 'viewer' }, '/name'],
    [{ name: 'A' }, '/role'],
    [{ name: 'A', role: 'owner' }, '/role'],
    [{ name: 'A', role: 'viewer', expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    [{ name: 'A', role: 'viewer', expires_at: 'tomorrow' }, '/expires_at'],
    [{ name: 'A', role: 'viewer', scopes: ['admin'] }, '/scopes'],
  ])('is not made of %j', async (body, pointer) => {
    const before = await query<object>(database, 'SELECT count(*) FROM api_keys');
    expect(await send('POST', '/v1/api-keys', BOOTSTRAP, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ pointer }] },
    });
    expect(await query<object>(database, 'SELECT count(*) FROM api_keys')).toEqual(before);
  });

  it('of another workspace is not there', async () => {
    const { id, key } = await made({ name: 'A', role: 'viewer' });
    await ensureKey(database, 'admin-of-elsewhere-0123456789', { workspaceId: await newWorkspace(), name: 'o' });
    const stranger = 'admin-of-elsewhere-0123456789';
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/rotate'],
    ] as const) {
      expect(await send(method, `/v1/api-keys/${id}${path}`, stranger)).toMatchObject({ status: 404 });
    }
    const theirs = (await send('GET', '/v1/api-keys', stranger)).body['items'] as ApiKeyResource[];
    expect(theirs.map(({ name }) => name)).toEqual(['o']);
    expect(await audit(stranger)).toEqual([]);
    expect(await works(key)).toBe(true);
  });
});

describe('roles', () => {
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    for (const role of ROLES) keys[role] = (await made({ name: role, role })).key;
  });

  // Ids that nobody has: what is let in finds nothing, and changes nothing.
  const path = ({ path: template }: Route) => template.replaceAll(/\{\w+\}/g, () => newId());
  const routes = Object.entries<Route>(ROUTES).filter(([name]) => name !== 'runEvents');

  it.each(
    ROLES.flatMap(
      (held) =>
        [
          ['key', held],
          ['token', held],
        ] as const,
    ),
  )('by %s: a %s gets to the routes of its role and to no other', async (kind, held) => {
    const bearer = kind === 'key' ? (keys[held] ?? '') : await tokenOf(held);
    const wrong: unknown[] = [];
    for (const [name, route] of routes) {
      const { status, body } = await send(route.method, path(route), bearer, route.body ? {} : undefined);
      const mayEnter = includesRole(held, route.needs);
      const refused = status === 403 && body['needed'] === route.needs && body['held'] === held;
      if (mayEnter ? status === 403 || status === 401 || status >= 500 : !refused) wrong.push({ name, status, body });
    }
    expect(wrong).toEqual([]);
  });

  it('says what is needed and what is held', async () => {
    expect(await send('POST', '/v1/projects', keys['viewer'] ?? '', { name: 'A', idea: 'B' })).toMatchObject({
      status: 403,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
      body: {
        code: 'forbidden',
        detail: 'This needs the role editor; the key or token has the role viewer.',
        needed: 'editor',
        held: 'viewer',
      },
    });
  });

  it('without keys everybody is admin of the workspace default', async () => {
    const open = await gateways.start();
    const answer = await sendTo(open, 'POST', '/v1/api-keys', { name: 'A', role: 'admin' });
    expect(answer).toMatchObject({ status: 201, body: { created_by: 'local' } });
  });
});

describe('a JWT', () => {
  it('acts under its subject, in the workspace it names', async () => {
    const answer = await send('POST', '/v1/projects', await tokenOf('editor'), { name: 'A', idea: 'B' });
    expect(answer).toMatchObject({ status: 201 });
    const run = await send('POST', `/v1/projects/${answer.body.id}/runs`, await tokenOf('editor'));
    expect(run.body['triggered_by']).toBe('ada');
    const elsewhere = await tokenOf('viewer', await newWorkspace());
    expect(await send('GET', `/v1/projects/${answer.body.id}`, elsewhere)).toMatchObject({ status: 404 });
  });

  it.each([
    ['no such workspace', 'editor', newId(), 'names no workspace that exists here'],
    ['a workspace that is no id', 'editor', 'default', 'planwright_workspace must be the id of a workspace'],
    ['no workspace', 'editor', undefined, 'planwright_workspace must be'],
    ['a role there is not', 'owner', DEFAULT_WORKSPACE_ID, 'planwright_role must be viewer, editor or admin'],
    ['several roles', ['admin'], DEFAULT_WORKSPACE_ID, 'planwright_role must be'],
  ])('with %s is 403, and says so', async (_what, role, workspace, detail) => {
    const claims = { planwright_role: role, ...(workspace !== undefined && { planwright_workspace: workspace }) };
    expect(await send('GET', '/v1/projects', await signToken(signer, { claims }))).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: expect.stringContaining(detail) },
    });
  });

  it('that has expired is 401, and says so', async () => {
    const claims = { planwright_role: 'admin', planwright_workspace: DEFAULT_WORKSPACE_ID };
    const token = await signToken(signer, { claims, expiresAt: Math.floor(Date.now() / 1_000) - 60 });
    expect(await send('GET', '/v1/projects', token)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: { detail: 'The token has expired.' },
    });
  });

  it('of a key nobody knows is 503 while the provider is away; those of known keys go on', async () => {
    expect((await send('GET', '/v1/projects', await tokenOf('viewer'))).status).toBe(200);
    const away = await gateways.start({
      auth: 'required',
      verifyToken: createTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, jwksUrl: 'http://127.0.0.1:1/' }, { log }),
    });
    const headers = { authorization: `Bearer ${await tokenOf('viewer')}` };
    expect(await sendTo(away, 'GET', '/v1/projects', undefined, headers)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { code: 'unavailable', detail: expect.stringContaining('The identity provider does not answer') },
    });
    expect(
      (await sendTo(away, 'GET', '/v1/projects', undefined, { authorization: `Bearer ${BOOTSTRAP}` })).status,
    ).toBe(200);
  });
});

describe('the audit log', () => {
  it('says who did what to which, in which request', async () => {
    const { id: keyId, key } = await made({ name: 'Auditor', role: 'admin' });
    const project = await send('POST', '/v1/projects', key, { name: 'A', idea: 'B' });
    const projectId = project.body.id ?? '';
    const card = await send('POST', `/v1/projects/${projectId}/tasks`, key, { title: 'A card' });
    const etag = String(card.headers['etag']);
    await send('DELETE', `/v1/tasks/${card.body.id}`, key, undefined, { 'if-match': etag });
    const bundle = (await send('GET', `/v1/projects/${projectId}/export?format=json`, key)).text;
    const imported = await send('POST', '/v1/projects/import', key, bundle);
    await send('DELETE', `/v1/projects/${projectId}`, key);
    const by = (await audit()).filter(({ actor }) => actor === `key:${keyId}`);
    expect(by.map(({ action, subject }) => [action, subject])).toEqual([
      ['project.delete', projectId],
      ['project.import', imported.body.id],
      ['task.delete', card.body.id],
    ]);
    for (const { request_id } of by) expect(request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has nothing of what was refused or undone', async () => {
    const before = (await audit()).length;
    await send('DELETE', `/v1/projects/${newId()}`, BOOTSTRAP);
    await send('DELETE', `/v1/api-keys/${newId()}`, BOOTSTRAP);
    await send('POST', '/v1/api-keys', BOOTSTRAP, { name: 'A', role: 'nobody' });
    expect(await audit()).toHaveLength(before);
  });

  it('is read page by page, each entry once', async () => {
    const whole = await audit();
    const pages: AuditEntryResource[] = [];
    let cursor: unknown = '';
    for (let n = 0; typeof cursor === 'string' && n < 100; n++) {
      const { body }: Answer = await send('GET', `/v1/audit-log?limit=3${cursor && `&cursor=${cursor}`}`, BOOTSTRAP);
      pages.push(...(body['items'] as AuditEntryResource[]));
      cursor = body['next_cursor'];
    }
    expect(pages).toEqual(whole);
    expect(whole.length).toBeGreaterThan(5);
  });

  it.each([`UPDATE audit_log SET actor = 'nobody'`, 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
    'is append-only: %s',
    async (sql) => {
      const before = await audit();
      await expect(query(database, sql)).rejects.toThrow('append-only');
      expect(await audit()).toEqual(before);
    },
  );
});

it('gives everybody who is known a ticket for one socket', async () => {
  const { key } = await made({ name: 'A', role: 'viewer' });
  const answer = await send('POST', '/v1/realtime/tickets', key);
  expect(answer).toMatchObject({ status: 201, body: { expires_in: 60 }, headers: { 'cache-control': 'no-store' } });
  expect(answer.body['ticket']).toMatch(/^pwt_[\w-]{43}$/);
});

describe('browsers', () => {
  it.each<[string, string, string, string | null, unknown, number]>([
    ['an answer', 'GET', '/v1/projects', BOOTSTRAP, undefined, 200],
    ['a refusal', 'GET', '/v1/projects', null, undefined, 401],
    ['a body that is none', 'POST', '/v1/projects', BOOTSTRAP, '{', 400],
    ['a route there is not', 'GET', '/v1/nowhere', BOOTSTRAP, undefined, 404],
    ['a path no router can read', 'GET', '/v1/%zz', BOOTSTRAP, undefined, 400],
    ['a health check', 'GET', '/healthz', null, undefined, 200],
  ])('are told how to treat %s', async (_what, method, url, bearer, payload, status) => {
    const answer = await send(method, url, bearer, payload, { 'x-forwarded-proto': 'http' });
    expect(answer).toMatchObject({
      status,
      headers: {
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      },
    });
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
  });

  it('are told to stay with https where it is https', async () => {
    const { headers } = await send('GET', '/v1/projects', BOOTSTRAP, undefined, { 'x-forwarded-proto': 'https' });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('get answers for pages of allowed origins, refusals included, and may ask before', async () => {
    for (const bearer of [BOOTSTRAP, null]) {
      const { headers } = await send('GET', '/v1/projects', bearer, undefined, { origin: PAGE });
      expect(headers).toMatchObject({ 'access-control-allow-origin': PAGE, vary: 'Origin' });
    }
    const asks = {
      origin: PAGE,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization',
    };
    expect(await send('OPTIONS', `/v1/projects/${newId()}`, null, undefined, asks)).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': PAGE,
        'access-control-allow-headers': expect.stringContaining('Authorization'),
      },
    });
  });

  it.each(['https://evil.example', 'null', `${PAGE}.evil.example`])('get none for pages of %s', async (origin) => {
    const asks = { origin, 'access-control-request-method': 'POST' };
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await send(method, '/v1/projects', BOOTSTRAP, undefined, asks);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});

it('lets no secret out, whatever goes wrong with it', async () => {
  const { key, id } = await made({ name: 'Canary', role: 'admin' });
  const token = await tokenOf('admin');
  const ticket = String((await send('POST', '/v1/realtime/tickets', key)).body['ticket']);
  const answers: string[] = [];
  const secrets = [key, token, ticket];
  const from = logged.length;
  for (const secret of secrets) {
    const tries: [string, string, unknown, object][] = [
      ['GET', `/v1/${secret}`, undefined, {}],
      ['GET', `/v1/projects?cursor=${secret}`, undefined, {}],
      ['GET', `/v1/projects?${secret}=1`, undefined, {}],
      ['GET', `/v1/projects/${secret}`, undefined, {}],
      ['GET', `/${'a'.repeat(600)}/${secret}`, undefined, {}],
      ['POST', '/v1/projects', { [secret]: 1, name: 'A' }, {}],
      ['POST', '/v1/projects', { name: 'A', idea: 'B', preferred_provider: secret }, {}],
      ['POST', '/v1/projects', `${secret}`, {}],
      ['POST', '/v1/api-keys', { name: 'A', role: secret }, {}],
      ['PATCH', `/v1/tasks/${newId()}`, { title: 'A' }, { 'if-match': secret }],
      ['POST', '/v1/projects', { name: 'A', idea: 'B' }, { 'idempotency-key': `${secret} ${secret}` }],
      ['PUT', `/v1/projects?token=${secret}`, {}, { 'x-api-key': secret, cookie: `key=${secret}` }],
    ];
    for (const bearer of [secret, `${secret}x`, BOOTSTRAP]) {
      for (const [method, url, body, headers] of tries) {
        const { text, headers: given } = await send(method, url, bearer, body, headers);
        answers.push(text, JSON.stringify(given));
      }
    }
  }
  // What breaks on our side is logged whole.
  const broken = jest
    .spyOn(gateways.confined.read, 'projects')
    .mockRejectedValue(new Error(`it broke on ${secrets.join(' ')}`));
  for (const secret of [key, token]) {
    const { status, text } = await send('GET', `/v1/projects?limit=7`, secret, undefined, {});
    expect(status).toBe(500);
    answers.push(text);
  }
  broken.mockRestore();
  log.warn({ url: `/v1/live?ticket=${ticket}`, headers: { authorization: `Bearer ${token}` } }, `about ${key}`);
  expect(logged.slice(from).join('')).toContain('it broke on');
  const parts = [key.slice(12), token.split('.')[2] ?? '', ticket.slice(4)];
  const everything = [...answers, ...logged].join('\n');
  expect(parts.filter((part) => everything.includes(part))).toEqual([]);
  expect(JSON.stringify(await audit())).not.toContain(key.slice(12));
  expect((await send('DELETE', `/v1/api-keys/${id}`, BOOTSTRAP)).status).toBe(204);
});
