import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { BlueprintResource } from '@planwright/contracts';
import { loadCatalogue } from '@planwright/prompts';
import { countRows, idOf, openGateways, send, writeRun } from '../../test/fixture.js';
import type { Gateways } from '../../test/fixture.js';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/blueprints', import.meta.url));
let gateways: Gateways;
let app: NestFastifyApplication;
let plain: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start({ catalogue: loadCatalogue(EXAMPLE) });
  plain = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());

const newProject = async () => idOf(await send(app, 'POST', '/v1/projects', { name: 'P', idea: 'Find a free court.' }));
const start = (project: string, body: object, to = app) => send(to, 'POST', `/v1/projects/${project}/runs`, body);
const kindsOf = (body: Record<string, unknown>) => (body['documents'] as { kind: string }[]).map(({ kind }) => kind);

it('lists the documents there are, those of a team among them', async () => {
  const { status, body } = await send(app, 'GET', '/v1/blueprints');
  expect(status).toBe(200);
  const items = body['items'] as BlueprintResource[];
  expect(body['next_cursor']).toBeNull();
  expect(items.map(({ id, in_plans }) => `${id} ${in_plans}`)).toEqual([
    'prd.detailed true',
    'prd.draft true',
    'tech_spec true',
    'task_set true',
    'rfc true',
    'feature_spec false',
    'feature_tasks false',
  ]);
  const rfc = items.find(({ id }) => id === 'rfc');
  expect(rfc).toMatchObject({ document: 'rfc', title: 'RFC', mode: null, version: 1, requires: ['prd'] });
  expect(rfc?.stages.map(({ mode, sections }) => [mode, sections.length])).toEqual([
    ['sequential', 2],
    ['parallel', 3],
    ['sequential', 1],
  ]);
  expect(rfc?.sections.slice(0, 2)).toEqual([
    {
      id: 'rfc_context',
      title: 'Context',
      order: 0,
      uses: [],
      output: 'markdown',
      words: { min: 80, target: 160, max: 280 },
    },
    {
      ...{ id: 'rfc_proposal', title: 'Proposal', order: 1, uses: ['rfc_context'], output: 'markdown' },
      words: { min: 150, target: 300, max: 500 },
    },
  ]);
  const without = (await send(plain, 'GET', '/v1/blueprints')).body['items'] as BlueprintResource[];
  expect(without.map(({ id }) => id)).not.toContain('rfc');
});

it('writes a document of a team’s own: run, scopes, document, versions, sections', async () => {
  const project = await newProject();
  const answer = await start(project, { documents: ['rfc', 'prd'], mode: 'draft' });
  expect(answer.status).toBe(202);
  expect(kindsOf(answer.body)).toEqual(['prd', 'rfc']);
  const again = await start(project, { documents: ['rfc'] });
  expect(again).toMatchObject({ status: 409, body: { code: 'prerequisite_missing', missing: ['prd'] } });
  const { state } = await writeRun(gateways.database, idOf(answer), (sectionId) => `Text of ${sectionId}.`);
  expect(state.status).toBe('succeeded');
  const documents = (await send(app, 'GET', `/v1/projects/${project}/documents`)).body['items'] as {
    id: string;
    kind: string;
    status: string;
  }[];
  expect(documents.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual(['prd ready', 'rfc ready']);
  const rfc = documents.find(({ kind }) => kind === 'rfc')!;
  const document = await send(app, 'GET', `/v1/documents/${rfc.id}`);
  const version = document.body['active_version'] as { sections: { id: string; title: string; content: string }[] };
  expect(version.sections.map(({ title }) => title)).toEqual([
    'Context',
    'Proposal',
    'Alternatives',
    'Drawbacks',
    'Rollout',
    'Open Questions',
  ]);
  expect(version.sections[0]?.content).toBe('Text of rfc_context.');

  const alone = await start(project, { documents: ['rfc'], dry_run: true });
  expect(alone).toMatchObject({ status: 200, body: { documents: [{ kind: 'rfc', sections: { length: 6 } }] } });
  const holder = await start(project, { documents: ['rfc'] });
  expect(holder.status).toBe(202);
  const conflict = await start(project, { documents: ['rfc'] });
  expect(conflict).toMatchObject({ status: 409, body: { code: 'run_active', run_id: idOf(holder), scope: 'rfc' } });
});

it('has the three documents of a plan by default, whatever else there is', async () => {
  const answer = await start(await newProject(), {});
  expect(kindsOf(answer.body)).toEqual(['prd', 'tech_spec', 'task_set']);
});

it.each([
  ['a kind nobody knows', ['prd', 'poem'], '/documents/1'],
  ['a kind of features', ['feature_spec'], '/documents/0'],
  ['another one of them', ['feature_tasks'], '/documents/0'],
])('refuses %s, names those there are, and changes nothing', async (_what, documents, pointer) => {
  const project = await newProject();
  const before = await countRows(gateways.database);
  const answer = await start(project, { documents });
  const known = ['prd', 'tech_spec', 'task_set', 'rfc'];
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ pointer, code: 'unknown_document', limit: known }] },
  });
  expect(answer.body['detail']).toContain(`${pointer} is no kind of document here; ${known.join(', ')} are.`);
  expect(await countRows(gateways.database)).toEqual(before);
  expect((await start(project, { documents: ['rfc'] }, plain)).body['errors']).toMatchObject([
    { pointer: '/documents/0', limit: ['prd', 'tech_spec', 'task_set'] },
  ]);
});
