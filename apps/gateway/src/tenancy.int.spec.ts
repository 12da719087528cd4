import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ensureKey, WorkspaceDatabase } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { stripTenantConditions, WITHOUT_CONDITIONS } from '@planwright/testing';
import { idOf, openGateways, query, send, writeRun } from '../test/fixture.js';
import type { Gateways } from '../test/fixture.js';

/** Words that only the other workspace has. */
const SECRET = 'zebra-lighthouse-quinine';
const [MINE, THEIRS] = ['my-workspace-key-0123456789', 'their-workspace-key-0123456789'];
const [mine, theirs] = [newId(), newId()];
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

let gateways: Gateways;
/** Its queries have no tenant conditions; the database keeps workspaces apart. */
let confined: NestFastifyApplication;
/** The same, and the database does not. */
let bare: NestFastifyApplication;
/** Things of the other workspace by the first part of their routes. */
let things: Readonly<Record<string, string>>;

beforeAll(async () => {
  stripTenantConditions();
  gateways = await openGateways({ applicationName: WITHOUT_CONDITIONS });
  confined = await gateways.start({ auth: 'required' });
  await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'mine'), ($2, 'theirs')`, [
    mine,
    theirs,
  ]);
  await ensureKey(gateways.database, MINE, { workspaceId: mine, name: 'm' });
  await ensureKey(gateways.database, THEIRS, { workspaceId: theirs, name: 't' });
  const make = async (path: string, body: object) => {
    const answer = await send(confined, 'POST', path, body, bearer(THEIRS));
    if (answer.status >= 300) throw new Error(answer.text);
    return answer;
  };
  const project = idOf(await make('/v1/projects', { name: SECRET, idea: SECRET, constraints: '' }));
  const run = idOf(await make(`/v1/projects/${project}/runs`, { documents: ['prd'], mode: 'draft' }));
  await writeRun(gateways.database, run, () => `Text of the ${SECRET}.`);
  const task = idOf(await make(`/v1/projects/${project}/tasks`, { title: SECRET }));
  const feature = String((await make(`/v1/projects/${project}/features`, { description: SECRET })).body['feature_id']);
  const [prd] = await query<{ id: string; version: string }>(
    gateways.database,
    `SELECT d.id, d.active_version_id AS version FROM documents d WHERE project_id = $1 AND kind = 'prd' AND feature_id IS NULL`,
    [project],
  );
  const ofTable = async (table: string) =>
    (await query<{ id: string }>(gateways.database, `SELECT id FROM ${table} WHERE workspace_id = $1`, [theirs]))[0]
      ?.id;
  things = {
    ...{ projects: project, runs: run, tasks: task, features: feature, prds: prd?.id ?? '', documents: prd?.id ?? '' },
    ...{ versions: prd?.version ?? '', 'api-keys': (await ofTable('api_keys')) ?? newId(), webhooks: newId() },
  };
});
afterAll(() => gateways.close());

/** `GET /v1/runs/:id` with the other workspace's run. */
function aimed(route: string): { method: string; path: string } {
  const [method = '', pattern = ''] = route.split(' ');
  const kind = pattern.split('/')[2] ?? '';
  const id = things[kind];
  if (pattern.includes('/:') && id === undefined) throw new Error(`say which of their ${kind} there is, in \`things\``);
  const other: Record<string, string> = { section_id: 'problem_statement', other: things['versions'] ?? '' };
  let first = true;
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => {
    const value = first ? id : other[name];
    first = false;
    return value ?? newId();
  });
  return { method, path };
}

/** Routes that answer with what a workspace has, or change it. */
const routes = () => [...new Set(gateways.routes)].filter((route) => / \/v1\//.test(route)).map(aimed);

/** A body that means something for most routes; what refuses it refuses it before it looks. */
const BODY = {
  name: 'Mine now',
  title: 'Mine now',
  description: 'Mine now',
  status: 'done',
  action: 'accept',
  columns: null,
};

const everyRow = async (): Promise<string> => {
  const tables = [
    'projects',
    'runs',
    'documents',
    'document_versions',
    'sections',
    'steps',
    'tasks',
    'features',
    'api_keys',
  ];
  const sql = tables
    .map((table) => `SELECT t::text AS row FROM ${table} t WHERE workspace_id = $1`)
    .join(' UNION ALL ');
  const found = await query<{ word: string }>(
    gateways.database,
    `SELECT md5(string_agg(row, E'\\n' ORDER BY row COLLATE "C")) AS word FROM (${sql}) rows`,
    [theirs],
  );
  return found[0]?.word ?? '';
};

describe('with every tenant condition removed from the queries', () => {
  it('no route shows or changes anything of another workspace', async () => {
    const before = await everyRow();
    const shown: string[] = [];
    const asked = routes();
    for (const { method, path } of asked) {
      const answer = await send(confined, method, path, method === 'GET' ? undefined : BODY, bearer(MINE));
      const leaks = answer.text.includes(SECRET) || answer.text.includes(theirs);
      const isTaken = path.includes(things['projects'] ?? '-') && answer.status < 300;
      if (leaks || isTaken || answer.status >= 500) shown.push(`${method} ${path} ${answer.status}`);
    }
    expect(shown).toEqual([]);
    expect(asked.length).toBeGreaterThan(30);
    expect(await everyRow()).toBe(before);
  });

  it('would, if the database did not keep workspaces apart', async () => {
    bare = await gateways.start({ auth: 'required' }, { on: gateways.unconfined });
    const shown: string[] = [];
    for (const { method, path } of routes().filter((route) => route.method === 'GET')) {
      const { text } = await send(bare, method, path, undefined, bearer(MINE));
      if (text.includes(SECRET)) shown.push(path.replace(/[0-9a-f-]{36}/g, ':id'));
    }
    expect(shown).toEqual(
      expect.arrayContaining(['/v1/projects', '/v1/projects/:id', '/v1/versions/:id', '/v1/tasks/:id']),
    );
  });

  it('whoever it belongs to sees it', async () => {
    const answer = await send(confined, 'GET', `/v1/versions/${things['versions']}`, undefined, bearer(THEIRS));
    expect(answer.text).toContain(SECRET);
    expect(confined.get(WorkspaceDatabase)).toBeInstanceOf(WorkspaceDatabase);
  });
});
