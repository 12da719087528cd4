import { randomUUID } from 'node:crypto';
import { createClient } from '@planwright/client';
import { waitFor } from '@planwright/testing';
import { ROUTES } from '@planwright/contracts';
import { startDistributed } from './src/distributed.js';
import { IDEA, untilEnded } from './src/driver.js';
import { rowCounts } from './src/rows.js';
import { startStandalone } from './src/standalone.js';
import { requestAbout, ROUTE_NAMES } from './src/route-requests.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import type { Platform } from './src/platform.js';

interface Request {
  method?: string;
  path: string;
  /** Sent as it is where it is text or bytes, else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

interface Refusal {
  status: number;
  code: string;
  /** Where the problem says the fault is. */
  pointers?: string[];
  /** Further members of the problem. */
  more?: Record<string, unknown>;
}

type Case = [name: string, request: Request, refusal: Refusal];

const project = (change: object) => ({ method: 'POST', path: '/projects', body: { ...IDEA, ...change } });
const invalid = (...pointers: string[]): Refusal => ({ status: 400, code: 'invalid_request', pointers });
const limited = (pointer: string, limit: unknown): Refusal => ({
  ...invalid(pointer),
  more: { errors: [{ pointer, limit }] },
});
const malformed: Refusal = { status: 400, code: 'malformed_json' };
const unsupported: Refusal = { status: 415, code: 'unsupported_media_type' };

const PROJECTS: Case[] = [
  ['an empty idea', project({ idea: '' }), limited('/idea', 1)],
  ['a blank idea', project({ idea: ' \n\t ' }), invalid('/idea')],
  ['an idea of 32,001 characters', project({ idea: 'x'.repeat(32_001) }), limited('/idea', 32_000)],
  ['an idea of 1 MB', project({ idea: 'x'.repeat(1_000_000) }), { status: 413, code: 'payload_too_large' }],
  ['an idea with a NUL character', project({ idea: 'a\u0000b' }), invalid('/idea')],
  ['an idea with half of a surrogate pair', project({ idea: 'a \ud83d b' }), invalid('/idea')],
  ['an idea that is a number', project({ idea: 7 }), invalid('/idea')],
  ['no idea', { method: 'POST', path: '/projects', body: { name: 'x' } }, invalid('/idea')],
  ['no name and no idea', { method: 'POST', path: '/projects', body: {} }, invalid('/name', '/idea')],
  ['a name of 201 characters', project({ name: 'x'.repeat(201) }), limited('/name', 200)],
  ['constraints of 16,001 characters', project({ constraints: 'x'.repeat(16_001) }), limited('/constraints', 16_000)],
  ['an unknown field', project({ colour: 'red' }), invalid('/colour')],
  ['a field with a slash in its name', project({ 'a/b': 1 }), invalid('/a~1b')],
  ['a provider that is no name', project({ preferred_provider: 'Not A Name' }), invalid('/preferred_provider')],
  ['a list', { method: 'POST', path: '/projects', body: [] }, invalid('/')],
  ['null', { method: 'POST', path: '/projects', body: null }, invalid('/')],
  ['malformed JSON', { method: 'POST', path: '/projects', body: '{"name": "x", "idea": ' }, malformed],
  ['an empty body', { method: 'POST', path: '/projects', body: '' }, malformed],
  ['a poisoned prototype', { method: 'POST', path: '/projects', body: '{"__proto__": {"x": 1}}' }, malformed],
  ['text', { ...project({}), headers: { 'content-type': 'text/plain' } }, unsupported],
  ['a form', { ...project({}), headers: { 'content-type': 'application/x-www-form-urlencoded' } }, unsupported],
  ['an unknown method', { method: 'PUT', path: '/projects' }, { status: 405, code: 'method_not_allowed' }],
  ['an unknown path', { path: '/project' }, { status: 404, code: 'not_found' }],
  ['a limit of 0', { path: '/projects?limit=0' }, invalid('?limit')],
  ['a limit of 101', { path: '/projects?limit=101' }, limited('?limit', 100)],
  ['a limit that is no number', { path: '/projects?limit=ten' }, invalid('?limit')],
  ['an unknown parameter', { path: '/projects?colour=red' }, invalid('?colour')],
  ['a cursor that is none', { path: '/projects?cursor=bm9uc2Vuc2U' }, invalid('?cursor')],
];

/** Needs a project, `{p}`, and a run of it that has ended, `{r}`. */
const RUNS: Case[] = [
  [
    'an unknown mode',
    { method: 'POST', path: '/projects/{p}/runs', body: { mode: 'epic' } },
    limited('/mode', ['draft', 'detailed']),
  ],
  ['no documents', { method: 'POST', path: '/projects/{p}/runs', body: { documents: [] } }, invalid('/documents')],
  [
    'an unknown document',
    { method: 'POST', path: '/projects/{p}/runs', body: { documents: ['prd', 'roadmap'] } },
    invalid('/documents/1'),
  ],
  [
    'a document twice',
    { method: 'POST', path: '/projects/{p}/runs', body: { documents: ['prd', 'prd'] } },
    invalid('/documents'),
  ],
  ['an unknown field of a run', { method: 'POST', path: '/projects/{p}/runs', body: { speed: 9 } }, invalid('/speed')],
  [
    'a provider nobody offers',
    { method: 'POST', path: '/projects/{p}/runs', body: { provider: 'nobody' } },
    invalid('/provider'),
  ],
  [
    'a model that is no name',
    { method: 'POST', path: '/projects/{p}/runs', body: { model: '; drop' } },
    invalid('/model'),
  ],
  ['malformed JSON of a run', { method: 'POST', path: '/projects/{p}/runs', body: '{' }, malformed],
  [
    'a document whose input is missing',
    { method: 'POST', path: '/projects/{p}/runs', body: { documents: ['task_set'] } },
    { status: 409, code: 'prerequisite_missing', more: { missing: expect.arrayContaining(['tech_spec']) } },
  ],
  ['nothing to change', { method: 'PATCH', path: '/projects/{p}', body: {} }, invalid('/')],
  ['a change to an empty idea', { method: 'PATCH', path: '/projects/{p}', body: { idea: '' } }, limited('/idea', 1)],
  ['a change of an unknown field', { method: 'PATCH', path: '/projects/{p}', body: { id: 1 } }, invalid('/id')],
  ['a cursor of another list', { path: '/projects/{p}/tasks?cursor=WyJwcm9qZWN0cyIsIngiXQ' }, invalid('?cursor')],
  ['an unknown method of a run', { method: 'DELETE', path: '/runs/{r}' }, { status: 405, code: 'method_not_allowed' }],
  ['a place in a log without its epoch', { path: '/runs/{r}/events?after=3' }, invalid('?epoch')],
  ['a place that is no number', { path: '/runs/{r}/events?epoch=a&after=x' }, invalid('?after')],
  ['a wait of 31 s', { path: '/runs/{r}/events?wait=31' }, limited('?wait', 30)],
  ['an unknown parameter of events', { path: '/runs/{r}/events?since=1' }, invalid('?since')],
  [
    'a last event that is none',
    { path: '/runs/{r}/events', headers: { accept: 'text/event-stream', 'last-event-id': '17' } },
    invalid('Last-Event-ID'),
  ],
];

/** Every route with an id, asked with one that is none, and with one nobody has. */
const IDS: Case[] = ROUTE_NAMES.filter((name) => ROUTES[name].path.includes('{id}')).flatMap((name): Case[] => {
  const route = ROUTES[name];
  const of = (id: string): Request => {
    const { path, ...request } = requestAbout(name, id);
    return { ...request, path: path.slice('/v1'.length) };
  };
  return [
    [`${route.method} ${route.path} with an id that is none`, of('7'), invalid('{id}')],
    [`${route.method} ${route.path} with a foreign id`, of(randomUUID()), { status: 404, code: 'not_found' }],
  ];
});

async function send(url: string, { method = 'GET', path, body, headers = {} }: Request): Promise<Response> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  return fetch(`${url}/v1${path}`, {
    method,
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(text === undefined ? {} : { body: text }),
  });
}

/** The refusals of a table, against one platform; a report of everything that is not as it should be. */
async function refusals(url: string, cases: readonly Case[], ids: Record<string, string> = {}): Promise<void> {
  const seen: unknown[] = [];
  const wanted: unknown[] = [];
  for (const [name, request, { status, code, pointers, more = {} }] of cases) {
    const path = request.path.replace(/\{(\w)\}/g, (whole, key: string) => ids[key] ?? whole);
    const response = await send(url, { ...request, path });
    const type = response.headers.get('content-type');
    const text = await response.text();
    const problem = (type?.includes('json') ? JSON.parse(text) : { text }) as Record<string, unknown>;
    const errors = (problem['errors'] ?? []) as { pointer: string }[];
    seen.push({
      name,
      status: response.status,
      type: type?.split(';')[0],
      pointers: pointers && errors.map(({ pointer }) => pointer),
      problem,
    });
    wanted.push({
      name,
      status,
      type: 'application/problem+json',
      pointers,
      problem: expect.objectContaining({
        type: `https://planwright.dev/problems/${code}`,
        status,
        code,
        title: expect.stringMatching(/./),
        detail: expect.stringMatching(/^[^\n]{3,2000}$/),
        advice: expect.stringMatching(/./),
        ...Object.fromEntries(
          Object.entries(more).map(([key, value]) => [
            key,
            Array.isArray(value) ? value.map((part: object) => expect.objectContaining(part)) : value,
          ]),
        ),
      }),
    });
  }
  expect(seen).toEqual(wanted);
}

/** A project with a run that has ended: what the refused requests must leave alone. */
async function prepare({ url }: Platform, withRun: boolean): Promise<Record<string, string>> {
  const client = createClient({ url });
  const { id: p } = await client.projects.create(IDEA);
  const { id: r } = await client.runs.start(p, { documents: ['prd'], mode: 'draft' });
  if (withRun) await untilEnded(client, r, 30_000);
  else await client.runs.cancel(r);
  return { p, r };
}

describe('as four services', () => {
  let platform: Awaited<ReturnType<typeof startDistributed>>;
  beforeAll(async () => void (platform = await startDistributed()), 60_000);
  afterAll(() => platform?.stop(), 60_000);

  test('bad input is refused by name and limit, and nothing is written', async () => {
    const ids = await prepare(platform, true);
    // Rows that were sent go a moment after the run's end.
    const sent = async () => (await rowCounts(platform.databaseUrl))['outbox'] === 0;
    await waitFor(sent, { what: 'the outbox to be empty' });
    const before = await rowCounts(platform.databaseUrl);
    await refusals(platform.url, [...PROJECTS, ...RUNS, ...IDS], ids);
    expect(await rowCounts(platform.databaseUrl)).toEqual(before);
  }, 60_000);
});

describe('standalone', () => {
  let platform: Awaited<ReturnType<typeof startStandalone>>;
  beforeAll(async () => void (platform = await startStandalone()), 60_000);
  afterAll(() => platform?.stop(), 60_000);

  test('bad input is refused by name and limit, and nothing is written', async () => {
    const ids = await prepare(platform, true);
    const client = createClient({ url: platform.url });
    const read = async () => [await client.projects.list(), await client.runs.list(ids['p'] ?? '')];
    const before = await read();
    await refusals(platform.url, [...PROJECTS, ...RUNS, ...IDS], ids);
    expect(await read()).toEqual(before);
  }, 60_000);
});

leaveNothingRunning();
