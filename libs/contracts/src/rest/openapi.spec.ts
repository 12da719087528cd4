import { asyncApiDocument } from '../messages/asyncapi.js';
import { MESSAGES } from '../messages/catalogue.js';
import { fieldErrors } from '../problems.js';
import { openApiDocument } from './openapi.js';
import { createProject } from './projects.js';
import { ROUTES } from './routes.js';
import { startRun } from './runs.js';

interface Document {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, { required?: string[]; properties?: Record<string, unknown> }> };
}
const document = openApiDocument('0.1.0') as unknown as Document;
const text = JSON.stringify(document);

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

it('asks of a body only what has no default', () => {
  expect(document.components.schemas['CreateProject']?.required).toEqual(['name', 'idea']);
  expect(document.components.schemas['Project']?.required).toContain('constraints');
});

it('says where a key is taken, and how it looks', () => {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path)) as unknown as {
    operationId: string;
    parameters: { name: string; in: string; schema: object }[];
    requestBody?: { required: boolean };
    responses: Record<string, { headers?: Record<string, unknown> }>;
  }[];
  const keyed = operations.filter(({ parameters }) => parameters.some((one) => one.in === 'header'));
  expect(keyed.map(({ operationId }) => operationId).sort()).toEqual([
    'cancelRun',
    'createProject',
    'retryRun',
    'startRun',
  ]);
  for (const { parameters, responses } of keyed) {
    expect(parameters.at(-1)).toMatchObject({
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

it('says what a dry run answers, beside what the run does', () => {
  const { responses } = document.paths['/v1/projects/{id}/runs']!['post']!;
  expect(responses['200']).toMatchObject({
    content: { 'application/json': { schema: { $ref: '#/components/schemas/RunEstimate' } } },
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
