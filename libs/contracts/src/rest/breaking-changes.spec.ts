import { readFileSync } from 'node:fs';
import { breakingChanges } from './breaking-changes.js';
import type { BreakingChange } from './breaking-changes.js';
import { openApiDocument } from './openapi.js';

it('breaks no client of the last released description', () => {
  const released = JSON.parse(readFileSync(new URL('../../baseline/openapi.json', import.meta.url), 'utf8')) as object;
  // Where this is meant to be: say so in the changelog, and run "npm run baseline".
  expect(breakingChanges(released, openApiDocument('0.0.0'))).toEqual([]);
});

const THING = {
  type: 'object',
  required: ['id', 'size'],
  properties: {
    id: { type: 'string' },
    size: { type: 'integer' },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
  },
};
const NEW_THING = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { anyOf: [{ type: 'integer', minimum: 1, maximum: 10 }, { type: 'null' }] },
    name: { type: 'string', maxLength: 20 },
    colour: { type: 'string', enum: ['red', 'blue'] },
  },
  additionalProperties: false,
};

type Schema = Record<string, unknown> & { required: string[]; properties: Record<string, unknown> };
interface Described {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Thing: Schema; NewThing: Schema } };
}
interface Operation {
  parameters: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
  requestBody?: { required: boolean; content: Record<string, unknown> };
  responses: Record<string, { content: Record<string, unknown> }>;
}

/** A small description, new each time, so that a case can change it. */
function described(): Described & { post: Operation; get: Operation; thing: Schema; newThing: Schema } {
  const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
  const made = structuredClone({
    paths: {
      '/things': {
        get: {
          parameters: [{ name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 100 } }],
          responses: { 200: { content: json('Thing') } },
        },
        post: {
          parameters: [],
          requestBody: { required: false, content: json('NewThing') },
          responses: { 201: { content: json('Thing') }, 400: { content: {} } },
        },
      },
      '/things/{id}': { get: { parameters: [], responses: { 200: { content: json('Thing') } } } },
    },
    components: { schemas: { Thing: THING, NewThing: NEW_THING } },
  });
  const { Thing: thing, NewThing: newThing } = made.components.schemas;
  return { ...made, get: made.paths['/things'].get, post: made.paths['/things'].post, thing, newThing };
}
type Change = (document: ReturnType<typeof described>) => void;

const after = (change: Change): BreakingChange[] => {
  const document = described();
  change(document);
  return breakingChanges(described(), document);
};

it.each<[string, BreakingChange['kind'], RegExp, Change]>([
  ['a route that is gone', 'route_removed', /^GET \/things\/\{\}$/, (now) => delete now.paths['/things/{id}']],
  ['a method that is gone', 'route_removed', /^POST \/things$/, ({ paths }) => delete paths['/things']?.['post']],
  [
    'a parameter that has to be sent',
    'parameter_required',
    /If-Match$/,
    ({ post }) => post.parameters.push({ name: 'If-Match', in: 'header', required: true, schema: {} }),
  ],
  ['a parameter that is gone', 'parameter_removed', /limit$/, ({ get }) => get.parameters.pop()],
  ['a lower limit', 'limit_narrowed', /limit$/, ({ get }) => (get.parameters[0]!.schema['maximum'] = 50)],
  ['a body that has to be sent', 'body_required', /body$/, ({ post }) => (post.requestBody!.required = true)],
  ['a body that is not taken', 'field_not_taken', /body$/, ({ post }) => delete post.requestBody],
  ['a field that has to be sent', 'field_required', /body\/name$/, ({ newThing }) => newThing.required.push('name')],
  ['a field that is not taken', 'field_not_taken', /body\/name$/, ({ newThing }) => delete newThing.properties['name']],
  [
    'a value that is not taken',
    'value_not_taken',
    /body\/colour$/,
    ({ newThing }) => (newThing.properties['colour'] = { type: 'string', enum: ['red'] }),
  ],
  [
    'values where there was any text',
    'value_not_taken',
    /body\/name$/,
    ({ newThing }) => (newThing.properties['name'] = { type: 'string', enum: ['a'] }),
  ],
  [
    'a pattern',
    'limit_narrowed',
    /body\/name$/,
    ({ newThing }) => (newThing.properties['name'] = { type: 'string', maxLength: 20, pattern: '^a' }),
  ],
  [
    'null that is not taken',
    'type_narrowed',
    /body\/size$/,
    ({ newThing }) => (newThing.properties['size'] = { type: 'integer', minimum: 1, maximum: 10 }),
  ],
  ['an answer that is gone', 'answer_removed', /201$/, ({ post }) => delete post.responses['201']],
  ['a field that is not answered', 'field_gone', /200\/size$/, ({ thing }) => delete thing.properties['size']],
  ['a field that may be missing', 'field_optional', /200\/id$/, ({ thing }) => (thing.required = ['size'])],
  [
    'an answer of another type',
    'type_changed',
    /200\/size$/,
    ({ thing }) => (thing.properties['size'] = { type: 'string' }),
  ],
  [
    'an answer that may be null',
    'type_changed',
    /200\/id$/,
    ({ thing }) => (thing.properties['id'] = { anyOf: [{ type: 'string' }, { type: 'null' }] }),
  ],
])('finds %s', (_what, kind, at, change) => {
  expect(after(change)).toContainEqual({ kind, at: expect.stringMatching(at), detail: expect.stringMatching(/./) });
});

it.each<[string, Change]>([
  ['nothing', () => undefined],
  ['a new route', ({ paths, get }) => (paths['/others'] = { get })],
  [
    'another name of an id in a path',
    ({ paths }) => {
      paths['/things/{thing_id}'] = paths['/things/{id}']!;
      delete paths['/things/{id}'];
    },
  ],
  ['a field that may be sent', ({ newThing }) => (newThing.properties['weight'] = { type: 'number' })],
  [
    'a field more in answers',
    ({ thing }) => {
      thing.properties['weight'] = { type: 'number' };
      thing.required.push('weight');
    },
  ],
  ['a higher limit', ({ get }) => (get.parameters[0]!.schema['maximum'] = 500)],
  [
    'a number where a whole one was',
    ({ newThing }) => (newThing.properties['size'] = { anyOf: [{ type: 'number' }, { type: 'null' }] }),
  ],
  [
    'a value more that is taken',
    ({ newThing }) => (newThing.properties['colour'] = { type: 'string', enum: ['red', 'blue', 'green'] }),
  ],
  ['a refusal less', ({ post }) => delete post.responses['400']],
  ['an answer that is never null any more', ({ thing }) => (thing.properties['note'] = { type: 'string' })],
])('takes %s for what it is', (_what, change) => expect(after(change)).toEqual([]));
