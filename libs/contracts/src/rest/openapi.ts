import { z } from 'zod';
import { problem } from '../problems.js';
import { planBundle } from '../bundle.js';
import { apiKeyResource, createApiKey, issuedApiKey, rotateApiKey } from './api-keys.js';
import { auditEntry } from './audit-log.js';
import { blueprintResource } from './blueprints.js';
import { documentResource, documentSummary, versionResource, versionSummary } from './documents.js';
import { cost } from '../cost.js';
import { usage } from '../usage.js';
import { runEstimate } from './estimates.js';
import { BODY_EXAMPLES } from './examples.js';
import { createFeature, featureAccepted, featureResource, retryFeature } from './features.js';
import { listedProject } from './project-list.js';
import { createProject, projectResource, updateProject } from './projects.js';
import { describeRoute } from './describe-route.js';
import { limitsReport, providerLimits, waitingStep } from './limits.js';
import { modelResource } from './models.js';
import { answerHeaders, BEARER, headerParameters, SHARED, problemAnswers, TAGS } from './openapi-parts.js';
import { ROUTES, type Route, type RouteName } from './routes.js';
import { retryRun, runResource, runSummary, sectionName, startRun } from './runs.js';
import { streamPrd } from './stream-prd.js';
import { ticketResource } from './tickets.js';
import { column, columnsResource, replaceColumns } from './columns.js';
import { createTask, decideSuggestion, moveTask, taskResource, updateTask } from './tasks.js';
import { usageReport } from './usage.js';
import { WEBHOOK_PAYLOADS } from '../webhook-events.js';
import { createWebhook, deliveryResource, updateWebhook, webhookResource, webhookWithSecret } from './webhooks.js';

/** Schemas with a name of their own in `components`; pages are named after their route. */
const NAMED: Record<string, z.ZodType> = {
  CreateProject: createProject,
  UpdateProject: updateProject,
  Project: projectResource,
  ListedProject: listedProject,
  StartRun: startRun,
  RetryRun: retryRun,
  StreamPrd: streamPrd,
  Run: runResource,
  RunSummary: runSummary,
  RunEstimate: runEstimate,
  Document: documentResource,
  DocumentSummary: documentSummary,
  Version: versionResource,
  VersionSummary: versionSummary,
  Task: taskResource,
  CreateTask: createTask,
  UpdateTask: updateTask,
  MoveTask: moveTask,
  DecideSuggestion: decideSuggestion,
  Column: column,
  Columns: columnsResource,
  ReplaceColumns: replaceColumns,
  CreateFeature: createFeature,
  RetryFeature: retryFeature,
  FeatureAccepted: featureAccepted,
  Feature: featureResource,
  Blueprint: blueprintResource,
  PlanBundle: planBundle,
  UsageReport: usageReport,
  Model: modelResource,
  LimitsReport: limitsReport,
  ProviderLimits: providerLimits,
  WaitingStep: waitingStep,
  CreateWebhook: createWebhook,
  UpdateWebhook: updateWebhook,
  Webhook: webhookResource,
  WebhookWithSecret: webhookWithSecret,
  Delivery: deliveryResource,
  ...Object.fromEntries(Object.entries(WEBHOOK_PAYLOADS).map(([event, schema]) => [messageName(event), schema])),
  Usage: usage,
  Cost: cost,
  ApiKey: apiKeyResource,
  CreateApiKey: createApiKey,
  RotateApiKey: rotateApiKey,
  IssuedApiKey: issuedApiKey,
  Ticket: ticketResource,
  AuditEntry: auditEntry,
  Problem: problem,
};

type Json = Record<string, unknown>;

/** `run.started` is `RunStartedMessage`. */
function messageName(event: string): string {
  const words = event.split('.').map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`);
  return `${words.join('')}Message`;
}

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
      summary: 'Turns an idea into a plan: a PRD, a tech spec and a board of tasks',
      description:
        'Every answer that is not 2xx is problem+json with a stable `code`, the field at fault, the limit and what to ' +
        'do. What all routes have in common (keys, lists, waiting, repeating, conditions, limits) is told in docs/api.md, ' +
        'the live feed in docs/protocol.md.',
      contact: { name: 'Planwright', url: 'https://planwright.dev' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The server this description comes from' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(([, route]) => route.tag))].map((tag) => ({
      name: tag,
      ...(tag in TAGS && { description: TAGS[tag] }),
    })),
    paths,
    webhooks: Object.fromEntries(Object.keys(WEBHOOK_PAYLOADS).map((event) => [event, sentMessage(event)])),
    components: {
      securitySchemes: { bearer: BEARER },
      ...SHARED,
      schemas: schemas(registry, bodies),
    },
  };
}

function operation(operationId: string, route: Route, name: (schema: z.ZodType, suffix: string) => string): Json {
  const ref = (id: string) => ({ $ref: `#/components/schemas/${id}` });
  const example = BODY_EXAMPLES[operationId as RouteName];
  const content: Json = {};
  if (route.response) content['application/json'] = { schema: ref(name(route.response, 'Response')) };
  for (const type of route.alsoProduces ?? []) content[type] = { schema: { type: 'string' } };
  return {
    operationId,
    summary: route.summary,
    description: describeRoute(route),
    'x-needs-role': route.needs,
    tags: [route.tag],
    ...(route.deprecated && { deprecated: true }),
    ...(route.maxBodyBytes !== undefined && { 'x-max-body-bytes': route.maxBodyBytes }),
    parameters: [...pathParameters(route.path), ...queryParameters(route.query), ...headerParameters(route)],
    ...(route.body && {
      requestBody: {
        required: !route.bodyOptional,
        content: {
          'application/json': {
            schema: ref(name(route.body, 'Body')),
            ...(example && { example }),
          },
        },
      },
    }),
    responses: {
      ...(route.status === 202 && {
        ...at200(
          route.dryRun && ref(name(route.dryRun, 'DryRun')),
          route.prefer && route.response && ref(name(route.response, 'Response')),
        ),
      }),
      [route.status]: {
        description: route.summary,
        headers: answerHeaders(route),
        ...(Object.keys(content).length > 0 && { content }),
      },
      ...problemAnswers(route),
    },
  };
}

/** What a receiver of webhooks gets, by the Standard Webhooks specification. */
function sentMessage(event: string): Json {
  const header = (name: string, description: string) => {
    return { name, in: 'header', required: true, description, schema: { type: 'string' } };
  };
  const schema = { $ref: `#/components/schemas/${messageName(event)}` };
  return {
    post: {
      operationId: `receive${messageName(event)}`,
      summary: `The event \`${event}\``,
      tags: ['webhooks'],
      security: [],
      parameters: [
        header('webhook-id', 'Id of the message: the same for every attempt and every replay'),
        header('webhook-timestamp', 'When this attempt was made, in seconds since 1970'),
        header(
          'webhook-signature',
          'One or more `v1,<base64>`, separated by spaces: HMAC-SHA256 of id, timestamp and body',
        ),
      ],
      requestBody: { required: true, content: { 'application/json': { schema } } },
      responses: {
        '2XX': { description: 'Received; the body is not read' },
        410: { description: 'Not wanted any more: the webhook is switched off' },
      },
    },
  };
}

/** What a route that answers 202 answers at once: what a dry run comes to, or what somebody has waited for. */
function at200(dryRun: Json | undefined, waitedFor: Json | null | undefined): Json {
  const ways = [...(dryRun ? [dryRun] : []), ...(waitedFor ? [waitedFor] : [])];
  if (ways.length === 0) return {};
  const told = [
    ...(dryRun ? ['To `dry_run`: what it would do and take; nothing is changed'] : []),
    ...(waitedFor ? ['With `Prefer: wait=N`: as it is when the work has ended'] : []),
  ];
  const schema = ways.length === 1 ? ways[0] : { anyOf: ways };
  return { 200: { description: told.join('. '), content: { 'application/json': { schema } } } };
}

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'section_id' ? jsonSchema(sectionName) : { type: 'string', format: 'uuid' },
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
