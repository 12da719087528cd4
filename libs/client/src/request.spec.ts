import type { RunEstimate, UsageReport } from '@planwright/contracts';
import { FeedServer, sendProblem } from '../test/feed-server.js';
import { createClient } from './client.js';
import type { NewRun } from './client.js';
import { PlanwrightError, UnreachableError } from './problem-error.js';

let feed: FeedServer;
afterEach(() => feed.close());

const json = { 'content-type': 'application/json' };
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  );

it('sends the method, the path, the key and the body, and answers the JSON', async () => {
  let body = '';
  feed = await FeedServer.start((request, response) => {
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.writeHead(201, json).end('{"id":"p1"}'));
  });
  const client = createClient({ url: `${feed.url}//`, apiKey: 'pw_secret' });
  expect(await client.projects.create({ name: 'Courts', idea: 'Finds courts.' })).toEqual({ id: 'p1' });
  expect(feed.requests).toMatchObject([
    {
      method: 'POST',
      url: '/v1/projects',
      headers: { authorization: 'Bearer pw_secret', 'content-type': 'application/json', accept: 'application/json' },
    },
  ]);
  expect(JSON.parse(body)).toEqual({ name: 'Courts', idea: 'Finds courts.' });
});

it('sends no key and no content type where there is none, and answers undefined for 204', async () => {
  feed = await FeedServer.start((_request, response) => response.writeHead(204).end());
  expect(await createClient({ url: feed.url }).projects.delete('p1')).toBeUndefined();
  expect(feed.requests[0]).toMatchObject({ method: 'DELETE', url: '/v1/projects/p1' });
  expect(feed.requests[0]?.headers).not.toHaveProperty('authorization');
  expect(feed.requests[0]?.headers).not.toHaveProperty('content-type');
});

it.each([
  [undefined, '/v1/projects/p1/tasks'],
  [{}, '/v1/projects/p1/tasks'],
  [{ limit: 100 }, '/v1/projects/p1/tasks?limit=100'],
  [{ limit: 5, cursor: 'a+b/c=' }, '/v1/projects/p1/tasks?limit=5&cursor=a%2Bb%2Fc%3D'],
])('asks for the page %j', async (query, url) => {
  feed = await FeedServer.start((_request, response) =>
    response.writeHead(200, json).end('{"items":[],"next_cursor":null}'),
  );
  await createClient({ url: feed.url }).tasks.list('p1', query);
  expect(feed.requests[0]?.url).toBe(url);
});

it.each([
  [undefined, '/v1/usage'],
  [{ from: '2026-11-01' }, '/v1/usage?from=2026-11-01'],
  [{ from: '2026-11-01', to: '2026-11-02T08:00:00Z' }, '/v1/usage?from=2026-11-01&to=2026-11-02T08%3A00%3A00Z'],
])('asks for the usage of %j', async (query, url) => {
  const report = {
    from: '2026-11-01T00:00:00.000Z',
    to: '2026-12-01T00:00:00.000Z',
    calls: 0,
    usage: null,
    cost: null,
    by_model: [],
    budget: { period: '2026-11', limit: 20_000_000, spent: 0, remaining: 20_000_000 },
  } satisfies UsageReport;
  feed = await FeedServer.start((_request, response) => response.writeHead(200, json).end(JSON.stringify(report)));
  expect(await createClient({ url: feed.url }).usage.get(query)).toEqual(report);
  expect(feed.requests).toMatchObject([{ method: 'GET', url }]);
});

it.each([
  [undefined, { dry_run: true }],
  [
    { documents: ['prd' as const], model: 'gpt-4.1' },
    { documents: ['prd'], model: 'gpt-4.1', dry_run: true },
  ],
])('asks what the run %j would take, and starts none', async (asked, sent) => {
  let body = '';
  const estimate = {
    provider: 'openai',
    model: 'gpt-4.1',
    documents: [],
    affected: [],
    cards: null,
    input_tokens: 0,
    output_tokens: 0,
    cost: null,
    seconds: 0,
  } satisfies RunEstimate;
  feed = await FeedServer.start((request, response) => {
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.writeHead(200, json).end(JSON.stringify(estimate)));
  });
  expect(await createClient({ url: feed.url }).runs.preview('p1', asked)).toEqual(estimate);
  expect(feed.requests).toMatchObject([{ method: 'POST', url: '/v1/projects/p1/runs' }]);
  expect(JSON.parse(body)).toEqual(sent);
});

// @ts-expect-error `dry_run` belongs to `preview`: what `start` answers is a run.
const _refused: NewRun = { dry_run: true };

it('keeps an id inside its place in the path', async () => {
  feed = await FeedServer.start((_request, response) => sendProblem(response, 404, 'not_found'));
  await failure(createClient({ url: feed.url }).runs.cancel('../projects/x?y'));
  expect(feed.requests[0]?.url).toBe('/v1/runs/..%2Fprojects%2Fx%3Fy/cancel');
});

it.each<[string, (client: ReturnType<typeof createClient>) => Promise<unknown>, string, string]>([
  [
    'creates a project',
    ({ projects }) => projects.create({ name: 'A', idea: 'B' }, { idempotencyKey: 'k' }),
    '/v1/projects',
    '{"name":"A","idea":"B"}',
  ],
  [
    'starts a run',
    ({ runs }) => runs.start('p1', { on_conflict: 'enqueue' }, { idempotencyKey: 'k' }),
    '/v1/projects/p1/runs',
    '{"on_conflict":"enqueue"}',
  ],
  [
    'retries a run',
    ({ runs }) => runs.retry('r1', { model: 'm' }, { idempotencyKey: 'k' }),
    '/v1/runs/r1/retry',
    '{"model":"m"}',
  ],
  [
    'retries a run as it was',
    ({ runs }) => runs.retry('r1', undefined, { idempotencyKey: 'k' }),
    '/v1/runs/r1/retry',
    '{}',
  ],
  ['cancels a run', ({ runs }) => runs.cancel('r1', { idempotencyKey: 'k' }), '/v1/runs/r1/cancel', ''],
])('%s under a key', async (_what, change, url, sent) => {
  let body = '';
  feed = await FeedServer.start((request, response) => {
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.writeHead(202, json).end('{"id":"x1"}'));
  });
  expect(await change(createClient({ url: feed.url }))).toEqual({ id: 'x1' });
  expect(feed.requests).toMatchObject([{ method: 'POST', url, headers: { 'idempotency-key': 'k' } }]);
  expect(body).toBe(sent);
});

it('throws the problem of a refusal, with the wait that was asked for', async () => {
  feed = await FeedServer.start((_request, response) =>
    sendProblem(response, 429, 'rate_limited', { 'retry-after': '7' }),
  );
  const error = await failure(createClient({ url: feed.url, retries: 0 }).runs.get('r1'));
  expect(error).toBeInstanceOf(PlanwrightError);
  expect(error).toMatchObject({
    problem: { code: 'rate_limited', status: 429 },
    retryAfterMs: 7000,
    message: 'It is rate_limited. Look again.',
  });
});

it.each([
  ['a page of a proxy', 502, 'text/html', '<h1>Bad gateway</h1>'],
  ['JSON that is no problem', 500, 'application/json', '{"error":"x"}'],
  ['a problem cut short', 400, 'application/problem+json', '{"type":"about'],
  ['a page with 200', 200, 'text/html', '<h1>Log in to the Wi-Fi</h1>'],
])('says that it was not Planwright who answered: %s', async (_what, status, type, body) => {
  feed = await FeedServer.start((_request, response) => response.writeHead(status, { 'content-type': type }).end(body));
  const error = await failure(createClient({ url: feed.url }).runs.get('r1'));
  expect(error).toBeInstanceOf(UnreachableError);
  expect(error).toMatchObject({ status, message: `${feed.url} answered ${status}, but not as Planwright does.` });
});

it('says so when nobody listens', async () => {
  feed = await FeedServer.start((_request, response) => response.end());
  const { url } = feed;
  await feed.close();
  const error = await failure(createClient({ url, retries: 0 }).runs.get('r1'));
  expect(error).toBeInstanceOf(UnreachableError);
  expect(error).toMatchObject({ status: null });
  expect((error as Error).message).toBe(`No answer from ${url}: ECONNREFUSED.`);
});

it('says so when the answer breaks off', async () => {
  feed = await FeedServer.start((_request, response) => {
    response.writeHead(200, { ...json, 'content-length': '100' });
    response.write('{"id":');
    setTimeout(() => response.destroy(), 10);
  });
  expect(await failure(createClient({ url: feed.url, retries: 0 }).runs.get('r1'))).toBeInstanceOf(UnreachableError);
});

it('takes a fetch of your own', async () => {
  feed = await FeedServer.start((_request, response) => response.end());
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = (input) => {
    asked.push(input as string);
    return Promise.resolve(Response.json({ id: 'r1' }));
  };
  expect(await createClient({ url: 'http://planwright.test', fetch }).runs.get('r1')).toEqual({ id: 'r1' });
  expect(asked).toEqual(['http://planwright.test/v1/runs/r1']);
});
