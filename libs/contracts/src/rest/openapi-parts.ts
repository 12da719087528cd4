import { z } from 'zod';
import { PROBLEMS } from '../problems.js';
import type { ProblemCode } from '../problems.js';
import { idempotencyKey } from './idempotency-key.js';
import type { Route } from './routes.js';

type Json = Record<string, unknown>;

/** What the groups of routes are about. */
export const TAGS: Record<string, string> = {
  projects: 'An idea with its constraints, and everything that is made from it.',
  runs: 'One execution: which documents are written, how far it is, how it ended.',
  documents: 'What is written: documents, their versions and sections.',
  tasks: 'The board: cards, columns, and which requirements have cards.',
  features: 'Additions to a plan, each with a spec and cards of its own.',
  blueprints: 'The kinds of documents there are.',
  exports: 'Plans as files, out and in.',
  usage: 'What was used and spent, who can write, and what limits it.',
  access: 'API keys, tickets for sockets, and who did what.',
  webhooks: 'Events that are sent to other systems.',
};

/** Refusals that any route may answer with. */
const ANYWHERE: readonly ProblemCode[] = ['not_acceptable', 'rate_limited', 'unavailable'];

/** Header parameters of a route, by what the table says of it. */
export function headerParameters({ ifMatch, idempotent, prefer, etag, method, body, response }: Route): Json[] {
  const mayBeMinimal = body && response && method !== 'GET';
  return [
    ...(etag && method === 'GET' ? [ref('parameters', 'IfNoneMatch')] : []),
    ...(ifMatch ? [ref('parameters', ifMatch === 'required' ? 'IfMatch' : 'OptionalIfMatch')] : []),
    ...(prefer ? [ref('parameters', 'PreferWait')] : mayBeMinimal ? [ref('parameters', 'Prefer')] : []),
    ...(idempotent ? [ref('parameters', 'IdempotencyKey')] : []),
  ];
}

/** Headers of a route's success answer. */
export function answerHeaders(route: Route): Json {
  const { idempotent, etag, ifMatch, prefer, deprecated, response, status } = route;
  const begins = status === 202 || route.alsoProduces?.[0] === 'text/event-stream';
  return {
    RateLimit: ref('headers', 'RateLimit'),
    'RateLimit-Policy': ref('headers', 'RateLimitPolicy'),
    ...(idempotent && { 'Idempotent-Replayed': ref('headers', 'IdempotentReplayed') }),
    ...((status === 201 || (begins && route.method === 'POST')) && { Location: ref('headers', 'Location') }),
    ...((etag || ifMatch) && response && { ETag: ref('headers', 'ETag') }),
    ...((prefer || status === 202) && { 'Preference-Applied': ref('headers', 'PreferenceApplied') }),
    ...(deprecated && {
      Deprecation: ref('headers', 'Deprecation'),
      Sunset: ref('headers', 'Sunset'),
      Link: ref('headers', 'Link'),
    }),
  };
}

/** Every refusal a route is known for, those that any route may answer with, and what a proxy or a bug may add. */
export function problemAnswers(route: Route): Json {
  const known = problemsOf(route);
  const codes = [...known, ...ANYWHERE.filter((code) => !known.includes(code))];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].sort((a, b) => a - b);
  return {
    ...(route.etag && route.method === 'GET' && { 304: ref('responses', 'NotModified') }),
    ...Object.fromEntries(
      statuses.map((status) => {
        const titles = codes.filter((code) => PROBLEMS[code].status === status).map((code) => PROBLEMS[code].title);
        return [status, refusal(titles.join('; '), status)];
      }),
    ),
    default: ref('responses', 'Problem'),
  };
}

/** What every role may do is refused to nobody who is known. */
export const problemsOf = ({ needs, problems }: Route): readonly ProblemCode[] =>
  needs === 'viewer' ? problems : [...problems, 'forbidden'];

/** How callers are known. */
export const BEARER: Json = {
  type: 'http',
  scheme: 'bearer',
  description:
    'An API key, or a JWT of the identity provider that is configured; none where PLANWRIGHT_AUTH is off. What it may do ' +
    'is its role: a `viewer` reads, an `editor` writes as well, an `admin` also manages keys, webhooks and the workspace.',
};

/** 429 and 503 say when to come again; so does 409 where waiting helps. */
const WAITS = [409, 429, 503];

function refusal(description: string, status: number): Json {
  return {
    description,
    ...(WAITS.includes(status) && { headers: { 'Retry-After': ref('headers', 'RetryAfter') } }),
    content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
  };
}

function ref(kind: string, name: string): Json {
  return { $ref: `#/components/${kind}/${name}` };
}

const text = { type: 'string' };
const ifMatch = (required: boolean): Json => ({
  name: 'If-Match',
  in: 'header',
  required,
  description: 'ETag of what is to be changed, as it was read. `*` takes any.',
  schema: text,
});
const prefer = (description: string, example: string): Json => ({
  name: 'Prefer',
  in: 'header',
  required: false,
  description,
  schema: text,
  example,
});
const { $schema: _, ...keySchema } = z.toJSONSchema(idempotencyKey) as Json;

/** Parameters, headers and answers that are said once. */
export const SHARED = {
  parameters: {
    IfMatch: ifMatch(true),
    OptionalIfMatch: ifMatch(false),
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      required: false,
      description: 'ETags you have; 304 without a body where one of them still holds.',
      schema: text,
    },
    Prefer: prefer('`return=minimal` leaves the body of the answer out (RFC 7240).', 'return=minimal'),
    PreferWait: prefer(
      '`wait=N` waits up to N seconds (at most 60) for the work to end; `return=minimal` leaves the body out (RFC 7240).',
      'wait=30',
    ),
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description:
        'For 24 hours the same key on the same path answers what the first request was answered; with another body 422.',
      schema: keySchema,
    },
  },
  headers: {
    RateLimit: {
      description: 'What is left of the limits of the caller, where they are on: `"key";r=599;t=42` (t in seconds)',
      schema: text,
    },
    RateLimitPolicy: { description: 'The limits, where they are on: `"key";q=600;w=60` (w in seconds)', schema: text },
    RetryAfter: { description: 'Seconds to wait', schema: { type: 'integer' } },
    IdempotentReplayed: {
      description: '`true` where this is the answer to an earlier request with the same key',
      schema: { type: 'string', enum: ['true'] },
    },
    Location: { description: 'Path of what was made, or of the run', schema: text },
    ETag: { description: 'What `If-Match` and `If-None-Match` compare', schema: text },
    PreferenceApplied: { description: 'What was done of `Prefer`', schema: text },
    Deprecation: { description: 'Since when the route is deprecated: `@` and Unix seconds (RFC 9745)', schema: text },
    Sunset: { description: 'When the route goes (RFC 8594)', schema: text },
    Link: { description: 'The route that takes its place: `rel="successor-version"`', schema: text },
  },
  responses: {
    NotModified: { description: 'It is as you have it', headers: { ETag: ref('headers', 'ETag') } },
    Problem: refusal('Any other refusal', 0),
  },
} as const satisfies Json;
