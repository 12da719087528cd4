import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PlanBundle, PlanExport } from '@planwright/contracts';
import { BUNDLE_SCHEMA, DEFAULT_WORKSPACE_ID, MAX_BUNDLE_BYTES } from '@planwright/contracts';
import { ensureKey, verify } from '@planwright/persistence';
import type { Database } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { idOf, openGateways, query, send as sendTo, writeRun } from '../../test/fixture.js';
import type { Gateways } from '../../test/fixture.js';
import { planBundleOf } from '../../test/plan-bundle.js';
import { MOST_CHARACTERS } from './export-project.js';
import { renderInWorker } from './render-in-worker.js';

/** Lets Node run our sources in the thread, as the built code runs in production. */
const runSources = fileURLToPath(new URL('../../../../libs/testing/src/jest/run-sources.mjs', import.meta.url));
const execArgv = ['--import', runSources];

let gateways: Gateways;
let database: Database;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  database = gateways.database;
  app = await gateways.start({ renderDocument: renderInWorker({ execArgv }) });
}, 60_000);
afterAll(() => gateways.close());

const send = (method: string, url: string, payload?: unknown, headers: Record<string, string> = {}, to = app) =>
  sendTo(to, method, url, payload, headers);
const importOf = (bundle: unknown) => send('POST', '/v1/projects/import', bundle);
const download = (id: string, search: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `/v1/projects/${id}/export?${search}`, headers });
const bundleOf = async (id: string): Promise<PlanBundle> => (await download(id, 'format=json')).json();
const TABLES = [
  'projects',
  'documents',
  'document_versions',
  'sections',
  'requirements',
  'features',
  'tasks',
  'columns',
];
const counts = () =>
  query(
    database,
    TABLES.map((name) => `SELECT '${name}' AS name, count(*)::int AS n FROM ${name}`).join(' UNION ALL '),
  );

/** The same plan reads the same, whatever ids and instants it has where it is. */
function normalised(plan: PlanExport): unknown {
  const ids = new Map<string, string>();
  const text = JSON.stringify(plan, (key, value: unknown) =>
    /^(created|updated)_at$|^number$/.test(key) ? null : value,
  );
  return JSON.parse(
    text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      ids.set(id, ids.get(id) ?? `id ${ids.size}`);
      return ids.get(id) ?? '';
    }),
  );
}

describe('a bundle', () => {
  it('comes back as it went in, but for ids and dates', async () => {
    const bundle = planBundleOf('Courts');
    const first = await importOf(bundle);
    expect(first).toMatchObject({ status: 201, headers: { location: `/v1/projects/${idOf(first)}` } });
    const exported = await bundleOf(idOf(first));
    expect(normalised(exported)).toEqual(normalised(bundle));
    const second = await importOf(exported);
    expect(normalised(await bundleOf(idOf(second)))).toEqual(normalised(bundle));
    const ids = (one: PlanBundle) => [one.project.id, ...one.documents.flatMap(({ id, version }) => [id, version.id])];
    const all = [bundle, exported, await bundleOf(idOf(second))].flatMap(ids);
    expect(new Set(all).size).toBe(all.length);
  });

  it('makes rows that hold together, belong to no run, and say where they are from', async () => {
    const bundle = planBundleOf('Rows');
    const id = idOf(await importOf(bundle));
    expect((await verify(database, { all: true })).findings).toEqual([]);
    const { body } = await send('GET', `/v1/projects/${id}/documents`);
    const prd = (body['items'] as { kind: string; id: string }[]).find(({ kind }) => kind === 'prd');
    expect((await send('GET', `/v1/documents/${prd?.id}`)).body).toMatchObject({
      status: 'partial',
      active_version: {
        ...{ number: 1, run_id: null, usage: null },
        meta: { imported_from: { project_id: bundle.project.id, version_id: bundle.documents[0]?.version.id } },
        sections: [
          { content: 'Courts\r\nare "full".\n', step_id: null },
          { draft: 'Half a', content: null },
        ],
      },
    });
    const cards = (await send('GET', `/v1/projects/${id}/tasks`)).body['items'] as Record<string, unknown>[];
    expect(cards.map(({ key, status, rank }) => [key, status, rank])).toEqual([
      ['T-3', 'ideas', 'a0'],
      ['T-12', 'ideas', 'a0V'],
      ['T-7', 'shipped', 'b05'],
    ]);
    expect(cards[1]?.['dependencies']).toEqual([cards[0]?.['id']]);
  });

  it('keeps to the columns of the workspace where they are the same', async () => {
    const own = (await bundleOf(idOf(await send('POST', '/v1/projects', { name: 'Bare', idea: 'I' })))).columns;
    const bundle = { ...planBundleOf('Columns'), columns: own, tasks: [] };
    const id = idOf(await importOf(bundle));
    expect(await query(database, 'SELECT 1 FROM columns WHERE project_id = $1', [id])).toEqual([]);
    expect((await bundleOf(id)).columns).toEqual(own);
  });

  it('of a project without a document is its idea', async () => {
    const id = idOf(await send('POST', '/v1/projects', { name: 'Bare', idea: 'I' }));
    const bundle = await bundleOf(id);
    expect(bundle).toMatchObject({ schema: BUNDLE_SCHEMA, project: { idea: 'I' }, documents: [], tasks: [] });
    expect(await importOf(bundle)).toMatchObject({ status: 201, body: { name: 'Bare' } });
  });

  it('of a written plan is gone on with where it is imported', async () => {
    const id = idOf(await send('POST', '/v1/projects', { name: 'Written', idea: 'I' }));
    const run = idOf(await send('POST', `/v1/projects/${id}/runs`, { documents: ['prd'], mode: 'draft' }));
    await writeRun(database, run, (section) => `The text of ${section}.`);
    const copy = idOf(await importOf(await bundleOf(id)));
    expect(normalised(await bundleOf(copy))).toEqual(normalised(await bundleOf(id)));

    const again = { sections: ['next_steps'] };
    const part = idOf(await send('POST', `/v1/projects/${copy}/runs`, again));
    const { state } = await writeRun(database, part, () => 'Another text.');
    expect(state.status).toBe('succeeded');
    const tech = idOf(await send('POST', `/v1/projects/${copy}/runs`, { documents: ['tech'] }));
    expect((await writeRun(database, tech, (section) => `About ${section}.`)).state.status).toBe('succeeded');
    const sections = (await bundleOf(copy)).documents[0]?.version.sections ?? [];
    expect(sections.filter(({ content }) => content === 'Another text.').map((one) => one.id)).toContain('next_steps');
    expect(sections.find(({ id: one }) => one === 'problem_statement')?.content).toBe('The text of problem_statement.');
    // The fixture that writes here tells no events and renders no prompts.
    const ofFixture = ['end_not_told', 'text_without_hashes'];
    const found = (await verify(database, { all: true })).findings.map(({ invariant }) => invariant);
    expect(found.filter((name) => !ofFixture.includes(name))).toEqual([]);
  });

  it('takes cards that were moved before the first one', async () => {
    const id = idOf(await send('POST', '/v1/projects', { name: 'Moved', idea: 'I' }));
    const create = async (title: string) => idOf(await send('POST', `/v1/projects/${id}/tasks`, { title }));
    const [first, second] = [await create('One'), await create('Two')];
    const move = { status: 'todo', before: first };
    const { headers } = await send('GET', `/v1/tasks/${second}`);
    await send('POST', `/v1/tasks/${second}/move`, move, { 'if-match': String(headers['etag']) });
    const bundle = await bundleOf(id);
    expect(bundle.tasks.map(({ title, rank }) => [title, rank])).toEqual([
      ['Two', 'Zz'],
      ['One', 'a0'],
    ]);
    expect(normalised(await bundleOf(idOf(await importOf(bundle))))).toEqual(normalised(bundle));
  });

  it('has a task set that can be activated where blueprints have other sections', async () => {
    const bundle = planBundleOf('Elsewhere');
    const [version] = bundle.documents.flatMap((document) => (document.kind === 'task_set' ? [document.version] : []));
    const [list] = version?.sections ?? [];
    if (!version || !list) throw new Error('the bundle has no task set');
    const { title, description, acceptance_criteria, type, priority, estimate, labels, requirements } = {
      ...bundle.tasks[1]!,
      acceptance_criteria: ['It works.'],
      labels: ['maps'],
    };
    const task = { title, description, acceptance_criteria, type, priority, estimate, labels, requirements };
    list.content = JSON.stringify({ tasks: [{ ref: 'T1', ...task, dependencies: [] }] });
    list.sha256 = createHash('sha256').update(list.content).digest('hex');
    version.inputs = {};
    const id = idOf(await importOf(bundle));
    const { body } = await send('GET', `/v1/projects/${id}/documents`);
    const taskSet = (body['items'] as { kind: string; active_version: { id: string } }[]).find(
      ({ kind }) => kind === 'task_set',
    );
    const cards = async () =>
      (await send('GET', `/v1/projects/${id}/tasks`)).body['items'] as Record<string, unknown>[];
    const links = (all: Record<string, unknown>[]) => all.map(({ key, requirements: ids }) => [key, ids]);
    const before = links(await cards());
    expect(before).toContainEqual(['T-12', ['FR-1']]);
    for (let time = 0; time < 2; time++) {
      expect(await send('POST', `/v1/versions/${taskSet?.active_version.id}/activate`)).toMatchObject({ status: 200 });
      expect(links(await cards())).toEqual(before);
    }
  });

  it('is imported once for one key', async () => {
    const headers = { 'idempotency-key': newId() };
    const bundle = planBundleOf('Once');
    const first = await send('POST', '/v1/projects/import', bundle, headers);
    const before = await counts();
    const second = await send('POST', '/v1/projects/import', bundle, headers);
    expect(second).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' }, body: first.body });
    expect(await counts()).toEqual(before);
  });
});

describe('a bundle that is wrong', () => {
  const bundle = planBundleOf('Wrong');
  const [prd, taskSet, spec] = bundle.documents;
  const [first, second, third] = bundle.tasks;
  if (!prd || !taskSet || !spec || !first || !second || !third) throw new Error('the bundle has three of each');
  const inPrd = (changes: object) => ({
    documents: [{ ...prd, version: { ...prd.version, ...changes } }, taskSet, spec],
  });
  const inSection = (changes: object) =>
    inPrd({ sections: [{ ...prd.version.sections[0], ...changes }, prd.version.sections[1]] });
  const inCard = (changes: object) => ({ tasks: [first, { ...second, ...changes }, third] });
  const SECTION = '/documents/0/version/sections/0';

  it.each<[string, object, string]>([
    ['another schema', { schema: 'planwright.bundle/2' }, '/schema'],
    ['an unknown field', { owner: 'me' }, '/owner'],
    ['an unknown field within', inCard({ owner: 'me' }), '/tasks/1/owner'],
    ['no cards at all', { tasks: undefined }, '/tasks'],
    ['NUL in a text', inSection({ content: 'a\u0000b' }), `${SECTION}/content`],
    ['half a surrogate pair', inCard({ title: 'a\ud800' }), '/tasks/1/title'],
    ['another text than was hashed', inSection({ content: 'Courts are full.' }), `${SECTION}/sha256`],
    ['a text without hash', inSection({ sha256: null }), `${SECTION}/sha256`],
    ['a completed section without text', inSection({ content: null, sha256: null }), `${SECTION}/content`],
    ['an error beside a text', inSection({ error: 'No' }), `${SECTION}/error`],
    ['a draft beside a text', inSection({ draft: 'No' }), `${SECTION}/draft`],
    ['a year before 1970', inSection({ generated_at: '0000-01-01T00:00:00.000Z' }), `${SECTION}/generated_at`],
    ['ready, and a section failed', inPrd({ status: 'ready' }), '/documents/0/version/status'],
    ['failed', inPrd({ status: 'failed' }), '/documents/0/version/status'],
    ['made from what is not there', inPrd({ inputs: { prd: newId() } }), '/documents/0/version/inputs/prd'],
    ['a document twice', { documents: [prd, taskSet, spec, { ...prd, id: newId() }] }, '/documents/3/kind'],
    ['an unknown feature', { features: [] }, '/documents/2/feature'],
    ['a card twice', { tasks: [first, second, third, { ...first, rank: 'c000' }] }, '/tasks/3/key'],
    ['two cards in one place', inCard({ rank: 'a0' }), '/tasks/1/rank'],
    ['a rank that is too short', inCard({ rank: 'c0' }), '/tasks/1/rank'],
    ['a column that is not there', inCard({ status: 'later' }), '/tasks/1/status'],
    ['after a card that is not there', inCard({ dependencies: ['T-9'] }), '/tasks/1/dependencies/0'],
    ['each after the other', inCard({ dependencies: ['T-7'] }), '/tasks'],
    ['a key that was never given', inCard({ key: 'T-13' }), '/project/last_task_number'],
    ['an ai card without base', inCard({ base: null }), '/tasks/1/base'],
    ['no column to begin in', { columns: [{ key: 'a', title: 'A', category: 'done' }] }, '/columns'],
    [
      'a requirement without its section',
      inPrd({ requirements: [{ ...prd.version.requirements[0], section_id: 'other' }] }),
      '/documents/0/version/requirements/0/section_id',
    ],
    [
      'a requirement never numbered',
      inPrd({ requirements: [{ ...prd.version.requirements[0], key: 'NFR-1' }] }),
      '/project/last_requirement_numbers/NFR',
    ],
  ])('by %s is refused, and nothing is made', async (_what, changes, pointer) => {
    const before = await counts();
    const answer = await importOf({ ...bundle, ...changes });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer }));
    expect(await counts()).toEqual(before);
  });

  it('by half of it is not JSON', async () => {
    const text = JSON.stringify(bundle);
    expect(await importOf(text.slice(0, text.length / 2))).toMatchObject({
      status: 400,
      body: { code: 'malformed_json' },
    });
  });

  it('may be of 8 MiB, where other bodies may not', async () => {
    const padded = (bytes: number) => JSON.stringify({ schema: 'x'.repeat(bytes) });
    expect(await importOf(padded(MAX_BUNDLE_BYTES - 100))).toMatchObject({ status: 400 });
    expect(await importOf(padded(MAX_BUNDLE_BYTES))).toMatchObject({
      status: 413,
      body: {
        code: 'payload_too_large',
        detail: 'The body is larger than 8388608 bytes.',
        advice: 'Send at most 8 MiB.',
      },
    });
    expect(await send('POST', '/v1/projects', padded(300_000))).toMatchObject({
      status: 413,
      body: { advice: 'Send at most 256 KiB.' },
    });
  });

  it('fails as a whole when the database refuses its last row', async () => {
    await query(database, `ALTER TABLE tasks ADD CONSTRAINT no_such_card CHECK (title <> 'Not this one')`);
    const before = await counts();
    expect(await importOf({ ...bundle, ...inCard({ title: 'Not this one' }) })).toMatchObject({ status: 500 });
    expect(await counts()).toEqual(before);
    await query(database, 'ALTER TABLE tasks DROP CONSTRAINT no_such_card');
  });
});

describe('an export', () => {
  let id: string;
  beforeAll(async () => void (id = idOf(await importOf(planBundleOf('Tennis Plätze: "Süd"')))));

  it.each([
    ['format=md', 'text/markdown; charset=utf-8', 'md', /^---\nproject:/],
    ['format=md&layout=folder', 'application/zip', 'zip', /^PK/],
    ['format=json', 'application/json; charset=utf-8', 'json', /^\{\n {2}"schema": "planwright.bundle\/1"/],
    ['format=docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx', /^PK/],
    ['format=pdf', 'application/pdf', 'pdf', /^%PDF-1/],
  ])('as %s is a file with a name', async (search, type, extension, beginning) => {
    const answer = await download(id, search);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, type]);
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="tennis-platze-sud.${extension}"; filename*=UTF-8''tennis-pl%C3%A4tze-s%C3%BCd.${extension}`,
    );
    expect(answer.rawPayload.toString('latin1')).toMatch(beginning);
  });

  it.each([
    ['jira', /^Issue Type,Issue ID,Parent,Summary,/],
    ['linear', /^Id,Team,Title,/],
  ])('for %s is a table of cards', async (target, beginning) => {
    const answer = await download(id, `format=csv&target=${target}`);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(answer.body).toMatch(beginning);
    expect(answer.body).toContain('Show courts');
  });

  it('is not sent again while nothing changes', async () => {
    for (const search of ['format=json', 'format=docx']) {
      const { etag } = (await download(id, search)).headers;
      const same = await download(id, search, { 'if-none-match': `"other", ${etag}` });
      expect([same.statusCode, same.body, same.headers['etag']]).toEqual([304, '', etag]);
      await send('PATCH', `/v1/projects/${id}`, { constraints: `Not ${search}` });
      const changed = await download(id, search, { 'if-none-match': String(etag) });
      expect(changed.statusCode).toBe(200);
      expect(changed.headers['etag']).not.toBe(etag);
    }
  });

  it.each([
    ['no format', '', '?format', ['md', 'json', 'docx', 'pdf', 'csv']],
    ['an unknown one', 'format=html', '?format', ['md', 'json', 'docx', 'pdf', 'csv']],
    ['an unknown layout', 'format=md&layout=tree', '?layout', ['file', 'folder']],
    ['a layout of PDF', 'format=pdf&layout=folder', '?layout', undefined],
    ['CSV for nobody', 'format=csv', '?target', undefined],
    ['CSV for somebody else', 'format=csv&target=trello', '?target', ['jira', 'linear']],
    ['a target of JSON', 'format=json&target=jira', '?target', undefined],
    ['an unknown parameter', 'format=json&pretty=1', '?pretty', undefined],
  ])('with %s is refused', async (_what, search, pointer, limit) => {
    const answer = await send('GET', `/v1/projects/${id}/export?${search}`);
    const error = { pointer, ...(limit && { limit }) };
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [error] } });
  });

  it.each(['format=md', 'format=docx', 'format=pdf', 'format=csv&target=jira'])(
    'as %s needs something to show, and says how to get it',
    async (search) => {
      const bare = idOf(await send('POST', '/v1/projects', { name: 'Bare', idea: 'I' }));
      const answer = await send('GET', `/v1/projects/${bare}/export?${search}`);
      expect(answer).toMatchObject({ status: 409, body: { code: 'prerequisite_missing' } });
      expect(answer.body['advice']).toContain('format=json exports what there is');
    },
  );

  it('of more text than a document holds is refused, with the numbers', async () => {
    const bundle = planBundleOf('Long');
    const long = Array.from({ length: 101 }, (_, i) => ({
      ...bundle.tasks[0],
      key: `T-${i + 1}`,
      rank: `c${String(i).padStart(3, '0')}`,
    }));
    const tasks = long.map((task) => ({ ...task, description: 'x'.repeat(20_000) }));
    const project = { ...bundle.project, last_task_number: 101 };
    const much = idOf(await importOf({ ...bundle, project, tasks }));
    const answer = await send('GET', `/v1/projects/${much}/export?format=pdf`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '?format', limit: MOST_CHARACTERS }] } });
    expect((await download(much, 'format=json')).statusCode).toBe(200);
  });

  it('that takes too long is given up, and so is its thread', async () => {
    const impatient = await gateways.start({ renderDocument: renderInWorker({ execArgv, timeoutMs: 1 }) });
    const answer = await send('GET', `/v1/projects/${id}/export?format=pdf`, undefined, {}, impatient);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '?format' }] } });
    expect(answer.body['detail']).toContain('use format=json');
  });

  it('is refused while too many wait, and made when they are done', async () => {
    const busy = await gateways.start({ renderDocument: renderInWorker({ execArgv, mostWaiting: 1 }) });
    const get = () => busy.inject({ url: `/v1/projects/${id}/export?format=pdf` });
    const answers = await Promise.all(Array.from({ length: 5 }, get));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 200, 503, 503]);
    const refused = answers.find(({ statusCode }) => statusCode === 503);
    expect(refused?.headers).toMatchObject({ 'retry-after': '15' });
    expect(refused?.json()).toMatchObject({ code: 'unavailable' });
    expect((await get()).statusCode).toBe(200);
  });

  it('is not made for somebody who has left', async () => {
    const plan = await database.read.plan(DEFAULT_WORKSPACE_ID, id);
    if (!plan) throw new Error('there is no such plan');
    const render = renderInWorker({ execArgv });
    expect(await render({ plan, format: 'pdf', layout: undefined }, AbortSignal.abort())).toBeNull();
    const leaving = new AbortController();
    const made = render({ plan, format: 'pdf', layout: undefined }, leaving.signal);
    leaving.abort();
    expect(await made).toBeNull();
  });

  it('of another workspace is not there', async () => {
    const other = newId();
    await query(database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [other]);
    await ensureKey(database, 'other-workspace-key-0123456789', { workspaceId: other, name: 'o' });
    const headers = { authorization: 'Bearer other-workspace-key-0123456789' };
    const closed = await gateways.start({ auth: 'required', renderDocument: renderInWorker({ execArgv }) });
    const answer = await send('GET', `/v1/projects/${id}/export?format=json`, undefined, headers, closed);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const anonymous = await send('GET', `/v1/projects/${id}/export?format=json`, undefined, {}, closed);
    expect(anonymous).toMatchObject({ status: 401 });
  });
});
