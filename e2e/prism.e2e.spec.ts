import { createClient } from '@planwright/client';
import { freePorts } from '@planwright/testing';
import { AppProcess } from './src/app-process.js';
import { IDEA, untilEnded } from './src/driver.js';
import { startStandalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import type { Platform } from './src/platform.js';

let platform: Platform;
let prism: AppProcess;
let url: string;
/** Exchanges that went through the proxy, by operation. */
const exchanges: { what: string; status: number; violations: string | null }[] = [];

beforeAll(async () => {
  platform = await startStandalone();
  const [port = 0] = await freePorts(1);
  url = `http://127.0.0.1:${port}`;
  prism = new AppProcess({
    name: 'prism',
    file: 'node_modules/@stoplight/prism-cli/dist/index.js',
    args: ['proxy', 'docs/openapi.json', platform.url, '--errors', '--port', String(port)],
  });
  await prism.wrote(/Prism is listening/);
}, 90_000);
afterAll(async () => {
  await prism?.stop();
  await platform?.stop();
}, 60_000);

/** Sends by way of the proxy, which compares request and answer with the description. */
const through: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const { pathname } = new URL(response.url);
  const what = `${init?.method ?? 'GET'} ${pathname.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{}')}`;
  exchanges.push({ what, status: response.status, violations: response.headers.get('sl-violations') });
  return response;
};

async function ask<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const response = await through(`${url}/v1${path}`, {
    method,
    // The description asks for a key; this server does not.
    headers: { authorization: 'Bearer any', ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T;
  return { status: response.status, etag: response.headers.get('etag') ?? '', answer };
}

test('what a plan takes from the idea to the export is as the description says', async () => {
  const client = createClient({ url, apiKey: 'any', fetch: through });
  const { id: project } = await client.projects.create(IDEA);
  const run = await client.runs.start(project, { mode: 'draft' }, { idempotencyKey: 'prism' });
  await client.runs.start(project, { mode: 'draft' }, { idempotencyKey: 'prism' });
  // Polled past the proxy: the reads that count are those below.
  expect(await untilEnded(createClient({ url: platform.url }), run.id, 60_000)).toMatchObject({ status: 'succeeded' });

  await client.runs.get(run.id);
  await client.runs.list(project);
  await client.runs.preview(project, { mode: 'draft' });
  await client.runs.cancel(run.id);
  await ask('GET', `/runs/${run.id}/events?limit=5`);
  const first = await ask('GET', `/projects/${project}`);
  await ask('GET', `/projects/${project}`, undefined, { 'if-none-match': first.etag });
  await client.projects.list({ limit: 1 });
  await ask('PATCH', `/projects/${project}`, { constraints: 'Three volunteers.' }, { 'if-match': first.etag });
  await ask('PATCH', `/projects/${project}`, { constraints: 'Four volunteers.' }, { 'if-match': first.etag });

  const documents = await client.documents.list(project);
  const prd = documents.items.find(({ kind }) => kind === 'prd')?.id ?? '';
  const before = (await client.documents.get(prd)).active_version?.id ?? '';
  await client.sections.preview(prd, 'goals_objectives', {});
  const asked = await client.sections.regenerate(prd, 'goals_objectives', {}, { waitSeconds: 30 });
  expect(asked.section.status).toBe('completed');
  await untilEnded(createClient({ url: platform.url }), asked.run_id, 30_000);
  const after = (await client.documents.get(prd)).active_version?.id ?? '';
  await client.documents.versions(prd);
  await client.versions.get(after);
  await ask('GET', `/versions/${before}/diff/${after}`);
  await ask('POST', `/versions/${before}/activate`);

  const made = await ask<{ id: string }>('POST', `/projects/${project}/tasks`, { title: 'A card' });
  const card = `/tasks/${made.answer.id}`;
  await ask('PATCH', card, { title: 'No state named' }, { 'if-match': '"another"' });
  const edited = await ask('PATCH', card, { title: 'Another title' }, { 'if-match': made.etag });
  const moved = await ask('POST', `${card}/move`, { status: 'done' }, { 'if-match': edited.etag });
  await ask('DELETE', card, undefined, { 'if-match': moved.etag });
  await ask('POST', `${card}/restore`);
  await client.tasks.list(project);
  await ask('GET', card);
  const columns = await ask<{ columns: object[] }>('GET', `/projects/${project}/columns`);
  await ask('PUT', `/projects/${project}/columns`, { columns: columns.answer.columns });
  await ask('GET', `/projects/${project}/coverage`);

  const feature = await ask<{ feature_id: string; run_id: string }>('POST', `/projects/${project}/features`, {
    description: 'Members lend their own tools, too.',
  });
  await untilEnded(createClient({ url: platform.url }), feature.answer.run_id, 30_000);
  await ask('GET', `/features/${feature.answer.feature_id}`);
  await ask('GET', `/projects/${project}/features`);
  await ask('POST', `/features/${feature.answer.feature_id}/retry`);

  const bundle = await ask<object>('GET', `/projects/${project}/export?format=json`);
  await ask('GET', `/projects/${project}/export?format=md`);
  await ask('GET', `/projects/${project}/export?format=csv&target=jira`);
  const copy = await ask<{ id: string }>('POST', '/projects/import', bundle.answer);
  await ask('DELETE', `/projects/${copy.answer.id}`);
  await ask('GET', `/projects/${copy.answer.id}`);
  await ask('POST', `/documents/${prd}/archive`);
  await ask('GET', '/usage');
  await ask('GET', '/models');
  await ask('GET', '/limits');
  await ask('GET', '/blueprints');

  const wrong = exchanges.filter(({ violations, status }) => violations !== null || status >= 500);
  expect(wrong).toEqual([]);
  // Refusals are compared as well.
  expect(exchanges.filter(({ status }) => status >= 400).map(({ what, status }) => `${status} ${what}`)).toEqual([
    '412 PATCH /v1/projects/{}',
    '412 PATCH /v1/tasks/{}',
    '409 POST /v1/features/{}/retry',
    '404 GET /v1/projects/{}',
  ]);
  expect(new Set(exchanges.map(({ what }) => what)).size).toBeGreaterThan(35);
}, 120_000);

test('the proxy would notice an answer that is not as described', async () => {
  // It compares the request first: a limit of 0 is not in the description.
  const refused = await fetch(`${url}/v1/projects?limit=0`, { headers: { authorization: 'Bearer any' } });
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('UNPROCESSABLE_ENTITY')]);
}, 10_000);

leaveNothingRunning();
