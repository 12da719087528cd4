import { z } from 'zod';
import { problem, PROBLEMS } from '../problems.js';
import { documentResource, documentSummary, versionResource, versionSummary } from './documents.js';
import { cost } from '../cost.js';
import { usage } from '../usage.js';
import { runEstimate } from './estimates.js';
import { idempotencyKey } from './idempotency-key.js';
import { createProject, projectResource, updateProject } from './projects.js';
import { ROUTES, type Route } from './routes.js';
import { retryRun, runResource, runSummary, startRun } from './runs.js';
import { taskResource } from './tasks.js';
import { usageReport } from './usage.js';

/** Schemas with a name of their own in `components`; pages are named after their route. */
const NAMED: Record<string, z.ZodType> = {
  CreateProject: createProject,
  UpdateProject: updateProject,
  Project: projectResource,
  StartRun: startRun,
  RetryRun: retryRun,
  Run: runResource,
  RunSummary: runSummary,
  RunEstimate: runEstimate,
  Document: documentResource,
  DocumentSummary: documentSummary,
  Version: versionResource,
  VersionSummary: versionSummary,
  Task: taskResource,
  UsageReport: usageReport,
  Usage: usage,
  Cost: cost,
  Problem: problem,
};

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 description of the REST API, made from the same schemas that validate it. */
export function openApiDocument(release: string): Json {
  const routes: [string, Route][] = Object.entries(ROUTES);
  const registry = z.registry<{ id: string }>();
  const names = new Map<z.ZodType, string>();
  const name = (schema: z.ZodType, fallback: string) => {
    const known = names.get(schema);
    if (known) return known;
    names.set(schema, fallback);
    registry.add(schema, { id: fallback });
    return fallback;
  };
  for (const [id, schema] of Object.entries(NAMED)) name(schema, id);
  const paths: Record<string, Json> = {};
  for (const [operationId, route] of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operation(operationId, route, (schema, suffix) =>
      name(schema, operationId[0]?.toUpperCase() + operationId.slice(1) + suffix),
    );
  }
  const bodies = new Set(routes.flatMap(([, route]) => (route.body ? [names.get(route.body)] : [])));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Planwright',
      version: release,
      description: 'Turns an idea into a plan. Every answer that is not 2xx is problem+json with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(([, route]) => route.tag))].map((tag) => ({ name: tag })),
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas: schemas(registry, bodies) },
  };
}

function operation(operationId: string, route: Route, name: (schema: z.ZodType, suffix: string) => string): Json {
  const ref = (id: string) => ({ $ref: `#/components/schemas/${id}` });
  const content: Json = {};
  if (route.response) content['application/json'] = { schema: ref(name(route.response, 'Response')) };
  for (const type of route.alsoProduces ?? []) content[type] = { schema: { type: 'string' } };
  const refused: Record<string, Json> = {};
  for (const code of route.problems) {
    const { status, title } = PROBLEMS[code];
    const before = refused[status]?.description;
    refused[status] = {
      description: typeof before === 'string' ? `${before}; ${title}` : title,
      ...(status === 429 && {
        headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } },
      }),
      content: { 'application/problem+json': { schema: ref('Problem') } },
    };
  }
  return {
    operationId,
    summary: route.summary,
    tags: [route.tag],
    parameters: [
      ...pathParameters(route.path),
      ...queryParameters(route.query),
      ...(route.idempotent ? [KEY_HEADER] : []),
    ],
    ...(route.body && {
      requestBody: {
        required: !route.bodyOptional,
        content: { 'application/json': { schema: ref(name(route.body, 'Body')) } },
      },
    }),
    responses: {
      ...(route.dryRun && { 200: dryRunAnswer(ref(name(route.dryRun, 'DryRun'))) }),
      [route.status]: {
        description: route.summary,
        ...(route.idempotent && { headers: { 'Idempotent-Replayed': REPLAYED_HEADER } }),
        ...(Object.keys(content).length > 0 && { content }),
      },
      ...refused,
    },
  };
}

const dryRunAnswer = (schema: Json): Json => ({
  description: 'To `dry_run`: what it would do and take; nothing is changed',
  content: { 'application/json': { schema } },
});

const KEY_HEADER: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'For 24 hours the same key on the same path answers what the first request was answered.',
  schema: jsonSchema(idempotencyKey),
};
const REPLAYED_HEADER: Json = {
  description: '`true` where this is the answer to an earlier request with the same key',
  schema: { type: 'string', enum: ['true'] },
};

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (!query) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  const { properties: output = {} } = z.toJSONSchema(query, { io: 'output', unrepresentable: 'any' });
  // Query values arrive as text: the schema a client needs is the one of the parsed value.
  return Object.keys(properties).map((name) => ({ name, in: 'query', required: false, schema: output[name] }));
}

function schemas(registry: z.core.$ZodRegistry<{ id: string }>, bodies: ReadonlySet<string | undefined>): Json {
  const uri = (id: string) => `#/components/schemas/${id}`;
  const make = (io: 'input' | 'output') => z.toJSONSchema(registry, { uri, io, unrepresentable: 'any' }).schemas;
  const output = make('output');
  const input = make('input');
  return Object.fromEntries(
    Object.keys(output).map((id) => {
      const { $id: _id, $schema: _schema, ...schema } = (bodies.has(id) ? input[id] : output[id]) as Json;
      return [id, schema];
    }),
  );
}
