import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ensureKey } from '@planwright/persistence';
import { AccessRefused, connectRedis, createLogger, newId } from '@planwright/runtime';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import { idOf, openGateways, query, send as sendTo } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';
import { RequestLimits } from './request-limits.js';
import type { SharedCounts } from './request-limits.js';

const KEYS = ['key-of-the-first-caller', 'key-of-the-second-caller'];
const LIMIT = 5;
const settings = { perKey: LIMIT, failuresPerAddress: 3 };
const names = testPrefix();
const connect = (url: string) =>
  connectRedis<object>({
    url,
    name: 'request-limits.int.spec',
    what: 'request limits',
    commandTimeoutMs: 250,
    scripts: {},
    log: createLogger('test', 'silent'),
  });

let gateways: Gateways;
let redis: ReturnType<typeof connect>;
let shared: SharedCounts;
beforeAll(async () => {
  gateways = await openGateways();
  redis = connect(serviceAddresses().redis);
  await redis.ready();
  const workspaceId = newId();
  await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'limits')`, [workspaceId]);
  for (const [i, key] of KEYS.entries()) await ensureKey(gateways.database, key, { workspaceId, name: `caller ${i}` });
}, 60_000);
afterAll(async () => {
  await gateways.close();
  redis.redis.disconnect();
  await names.deleteKeys();
});
/** Counts of its own for each test. */
beforeEach(() => (shared = { redis: redis.redis, prefix: `${names.prefix}:${newId()}:` }));

const gateway = (of: SharedCounts | undefined) =>
  gateways.start({ auth: 'required', requestLimits: new RequestLimits(settings, of) });
const ask = (app: NestFastifyApplication, key?: string, url = '/v1/projects') =>
  sendTo(app, 'GET', url, undefined, key === undefined ? {} : { authorization: `Bearer ${key}` });
const times = async (n: number, work: () => Promise<Answer>) => {
  const answers: Answer[] = [];
  for (let i = 0; i < n; i++) answers.push(await work());
  return answers;
};
const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

describe.each([
  ['in Redis', () => shared],
  ['in the process', () => undefined],
])('counted %s', (_where, counts) => {
  it('a key may make so many requests, and is told so with each one; others go on', async () => {
    const app = await gateway(counts());
    const answers = await times(LIMIT + 2, () => ask(app, KEYS[0]));
    expect(statuses(answers)).toEqual([...Array<number>(LIMIT).fill(200), 429, 429]);
    for (const [i, { headers }] of answers.entries()) {
      expect(headers['ratelimit-policy']).toBe(`"key";q=${LIMIT};w=60`);
      expect(headers['ratelimit']).toMatch(
        new RegExp(`^"key";r=${Math.max(0, LIMIT - 1 - i)};t=([1-9]|[1-5][0-9]|60)$`),
      );
    }
    const refused = answers.at(-1);
    expect(refused?.body).toMatchObject({ code: 'rate_limited', limit: LIMIT, window_seconds: 60 });
    expect(refused?.headers['retry-after']).toBe(String(refused?.body['retry_after_seconds']));
    expect(statuses([await ask(app, KEYS[1])])).toEqual([200]);
  });

  it('an address may be refused so often; then it is told to wait, and who has a key passes', async () => {
    const app = await gateway(counts());
    const answers = await times(5, () => ask(app, 'wrong'));
    expect(statuses(answers)).toEqual([401, 401, 401, 429, 429]);
    expect(answers[4]?.headers['retry-after']).toMatch(/^[1-9]\d?$/);
    expect(statuses([await ask(app), await ask(app, KEYS[1])])).toEqual([429, 200]);
  });

  it('a token that is not taken counts like a key that is not known', async () => {
    const verifyToken = async () => {
      throw new AccessRefused('unauthenticated', 'The token has expired.');
    };
    const app = await gateways.start({
      auth: 'required',
      verifyToken,
      requestLimits: new RequestLimits(settings, counts()),
    });
    const answers = await times(5, () => ask(app, 'a.forged.token'));
    expect(statuses(answers)).toEqual([401, 401, 401, 429, 429]);
  });

  it('what needs no key has no limit', async () => {
    const app = await gateway(counts());
    await times(5, () => ask(app));
    expect(statuses(await times(10, () => ask(app, undefined, '/healthz')))).toEqual(Array<number>(10).fill(200));
  });
});

it('two gateways count together', async () => {
  const [a, b] = [await gateway(shared), await gateway(shared)];
  const answers = [...(await times(3, () => ask(a, KEYS[0]))), ...(await times(3, () => ask(b, KEYS[0])))];
  expect(statuses(answers)).toEqual([200, 200, 200, 200, 200, 429]);
});

it('a body is read of those alone who may send one', async () => {
  const app = await gateway(shared);
  const notJson = { 'content-type': 'application/json' };
  const unread = await sendTo(app, 'POST', '/v1/projects/import', '{', notJson);
  expect(unread).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  const read = await sendTo(app, 'POST', '/v1/projects/import', '{', {
    ...notJson,
    authorization: `Bearer ${KEYS[0]}`,
  });
  expect(read.status).toBe(400);
});

it('a refused request changes nothing', async () => {
  const app = await gateway(shared);
  const headers = { authorization: `Bearer ${KEYS[0]}` };
  const create = () => sendTo(app, 'POST', '/v1/projects', { name: 'P', idea: 'I' }, headers);
  const made = await times(LIMIT + 1, create);
  expect(made.filter(({ status }) => status === 201).map(idOf)).toHaveLength(LIMIT);
  const list = await ask(await gateways.start({ auth: 'required' }), KEYS[0]);
  expect(list.body['items']).toHaveLength(LIMIT);
});

it('while Redis is away each gateway counts for itself: neither open nor shut', async () => {
  // Nothing answers at this port.
  const away = connect('redis://127.0.0.1:1');
  try {
    const app = await gateway({ redis: away.redis, prefix: shared.prefix });
    const answers = await times(LIMIT + 1, () => ask(app, KEYS[0]));
    expect(statuses(answers)).toEqual([...Array<number>(LIMIT).fill(200), 429]);
  } finally {
    away.redis.disconnect();
  }
});

it('a limit of 0 is none', async () => {
  const limits = new RequestLimits({ perKey: 0, failuresPerAddress: 0 }, shared);
  expect([await limits.request('a'), await limits.failure('a')]).toEqual([null, null]);
});
