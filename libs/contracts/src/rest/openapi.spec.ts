import { asyncApiDocument } from '../messages/asyncapi.js';
import { MESSAGES } from '../messages/catalogue.js';
import { fieldErrors } from '../problems.js';
import { BODY_EXAMPLES } from './examples.js';
import { openApiDocument } from './openapi.js';
import { createProject } from './projects.js';
import { ROUTES } from './routes.js';
import type { Route, RouteName } from './routes.js';
import { startRun } from './runs.js';

interface Document {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, { required?: string[]; properties?: Record<string, unknown> }> };
}
const document = openApiDocument('0.1.0') as unknown as Document;
const text = JSON.stringify(document);
interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: object;
}
/** Parameters of an operation, those that are said once for all included. */
const parametersOf = ({ parameters }: { parameters: (Parameter | { $ref: string })[] }): Parameter[] =>
  parameters.map((one) =>
    '$ref' in one
      ? (document as unknown as { components: { parameters: Record<string, Parameter> } }).components.parameters[
          one.$ref.split('/').at(-1) ?? ''
        ]!
      : one,
  );

it('describes every route once', () => {
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((operation) => operation.operationId),
  );
  expect(ids.sort()).toEqual(Object.keys(ROUTES).sort());
});

it('resolves every reference it makes', () => {
  const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(refs.length).toBeGreaterThan(20);
  expect([...new Set(refs)].filter((name) => !(name! in document.components.schemas))).toEqual([]);
});

it('shows a body for every route that needs one, and the route takes it', () => {
  const routes = Object.entries<Route>(ROUTES).filter(([, { body }]) => body);
  for (const [name, { body, bodyOptional }] of routes) {
    const example = BODY_EXAMPLES[name as RouteName];
    if (example || !bodyOptional)
      expect({ name, faults: body?.safeParse(example).error?.issues ?? [] }).toEqual({ name, faults: [] });
  }
});

it('says how long a deprecated route stays, and which one to use', () => {
  const deprecated = Object.values<Route>(ROUTES).flatMap(({ deprecated: end }) => (end ? [end] : []));
  for (const { since, sunset, successor } of deprecated) {
    expect(Date.parse(sunset) - Date.parse(since)).toBeGreaterThan(180 * 86_400_000);
    expect(document.paths).toHaveProperty([successor, 'post']);
  }
  expect(document.paths['/v1/prds/stream']?.['post']).toMatchObject({ deprecated: true });
});

it('asks of a body only what has no default', () => {
  expect(document.components.schemas['CreateProject']?.required).toEqual(['name', 'idea']);
  expect(document.components.schemas['Project']?.required).toContain('constraints');
});

it('says where a key is taken, and how it looks', () => {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path)) as unknown as {
    operationId: string;
    parameters: (Parameter | { $ref: string })[];
    requestBody?: { required: boolean };
    responses: Record<string, { headers?: Record<string, unknown> }>;
  }[];
  const keyed = operations.filter((operation) =>
    parametersOf(operation).some(({ name }) => name === 'Idempotency-Key'),
  );
  expect(keyed.map(({ operationId }) => operationId).sort()).toEqual([
    'activateVersion',
    'archiveDocument',
    'cancelFeature',
    'cancelRun',
    'createFeature',
    'createProject',
    'createTask',
    'importProject',
    'regenerateSection',
    'replayDelivery',
    'retryFeature',
    'retryRun',
    'startRun',
    'streamPrd',
    'streamPrdAsChunks',
    'testWebhook',
  ]);
  for (const { responses, ...operation } of keyed) {
    expect(parametersOf(operation).at(-1)).toMatchObject({
      name: 'Idempotency-Key',
      required: false,
      schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
    });
    expect(Object.keys(responses)).toContain('422');
  }
  const retry = keyed.find(({ operationId }) => operationId === 'retryRun');
  expect(retry?.requestBody?.required).toBe(false);
  expect(retry?.responses['202']?.headers).toHaveProperty('Idempotent-Replayed');
  expect(retry?.responses['429']?.headers).toHaveProperty('Retry-After');
});

it('says where a state has to be named, and which answers name one', () => {
  const operationOf = (path: string, method: string) =>
    document.paths[path]![method] as unknown as {
      parameters: (Parameter | { $ref: string })[];
      responses: Record<string, { headers?: Record<string, unknown> }>;
    };
  const [patch, restore, remove, get] = [
    operationOf('/v1/tasks/{id}', 'patch'),
    operationOf('/v1/tasks/{id}/restore', 'post'),
    operationOf('/v1/tasks/{id}', 'delete'),
    operationOf('/v1/tasks/{id}', 'get'),
  ];
  const ifMatch = (operation: typeof patch) =>
    parametersOf(operation).find(({ name }) => name === 'If-Match')?.required;
  expect([patch, restore, remove, get].map(ifMatch)).toEqual([true, false, true, undefined]);
  expect(Object.keys(patch.responses)).toEqual(expect.arrayContaining(['412', '428']));
  for (const { responses } of [patch, restore, get]) expect(responses['200']?.headers).toHaveProperty('ETag');
});

it('says what a dry run answers, and what is waited for, beside what the run does', () => {
  const { responses } = document.paths['/v1/projects/{id}/runs']!['post']!;
  expect(responses['200']).toMatchObject({
    content: {
      'application/json': {
        schema: { anyOf: [{ $ref: '#/components/schemas/RunEstimate' }, { $ref: '#/components/schemas/Run' }] },
      },
    },
  });
  expect(responses['202']).toMatchObject({
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Run' } } },
  });
});

it('names the default of what happens in a conflict', () => {
  for (const name of ['StartRun', 'RetryRun']) {
    expect(document.components.schemas[name]?.properties?.['on_conflict']).toMatchObject({ default: 'reject' });
    expect(document.components.schemas[name]?.required ?? []).toEqual([]);
  }
});

it('describes every message and the live feed', () => {
  const { components } = asyncApiDocument('0.1.0') as { components: { messages: Record<string, unknown> } };
  expect(Object.keys(components.messages)).toEqual([...MESSAGES.keys(), 'client_frame', 'live_event']);
});

const errorsOf = (schema: typeof createProject | typeof startRun, body: unknown) =>
  fieldErrors(schema.safeParse(body).error?.issues ?? []);

it.each([
  ['an empty idea', { name: 'A', idea: '' }, '/idea', 1],
  ['a blank idea', { name: 'A', idea: ' \n' }, '/idea', undefined],
  ['an idea over the limit', { name: 'A', idea: 'x'.repeat(32_001) }, '/idea', 32_000],
  ['NUL', { name: 'A', idea: 'a\u0000b' }, '/idea', undefined],
  ['a lone surrogate', { name: 'A\ud800', idea: 'b' }, '/name', undefined],
  ['an unknown field', { name: 'A', idea: 'b', ida: 'c' }, '/ida', undefined],
  ['null', null, '/', undefined],
])('names the field of %s', (_what, body, pointer, limit) => {
  const errors = errorsOf(createProject, body);
  expect(errors).toContainEqual(expect.objectContaining({ pointer, ...(limit !== undefined && { limit }) }));
});

it('takes tech for tech_spec and refuses what it does not know', () => {
  expect(startRun.parse({ documents: ['prd', 'tech'] })).toEqual({
    documents: ['prd', 'tech_spec'],
    on_conflict: 'reject',
  });
  expect(errorsOf(startRun, { mode: 'quick' })).toEqual([
    expect.objectContaining({ pointer: '/mode', limit: ['draft', 'detailed'] }),
  ]);
  expect(errorsOf(startRun, { documents: ['tech', 'tech_spec'] })[0]).toMatchObject({ pointer: '/documents' });
});
