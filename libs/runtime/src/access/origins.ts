import { defineField } from '../config/field.js';
import { FieldProblem } from '../config/field.js';

/** The origins a deployment trusts besides its own, as browsers send them. */
export type AllowedOrigins = readonly string[];

/** Pages that may use the API from a browser. Shared by the processes that take requests. */
export const originFields = {
  PLANWRIGHT_ALLOWED_ORIGINS: defineField<AllowedOrigins, { description: string }>(
    {
      description:
        'Origins of pages that may use REST, event streams and sockets from a browser, besides those this address serves ' +
        'itself; exact, there is no wildcard. Default: none.',
    },
    { expects: 'origins such as https://plan.example.com, separated by commas', parse: readOrigins },
  ),
};

function readOrigins(text: string): AllowedOrigins | FieldProblem {
  const given = text.split(',').map((one) => one.trim());
  const wrong = given.find((one) => !isOrigin(one));
  if (wrong === undefined) return [...new Set(given)];
  return new FieldProblem(
    `must be origins such as https://plan.example.com, separated by commas: ${JSON.stringify(wrong.slice(0, 100))} is ` +
      'not scheme, host and port alone, in lower case and without a path',
  );
}

/** Exactly what a browser sends as `Origin`: `*` and `null` are none. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Of a request: what decides from where it was made. */
export interface OriginHeaders {
  host?: string | undefined;
  origin?: string | undefined;
}

/**
 * Whether a socket may be opened by who asks. Programs send no `Origin`; a page is let in that this address serves
 * itself, or whose origin is on the list. What a browser says cannot be forged by a page, and nothing keeps other programs
 * from saying anything: this protects people's browsers, keys protect the data.
 */
export function mayOpenSocket({ host, origin }: OriginHeaders, allowed: AllowedOrigins): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return /^https?:\/\//.test(origin) && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** Headers of answers that a page's code may read. */
const EXPOSED = [
  'ETag',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Idempotent-Replayed',
  'Preference-Applied',
  'Content-Disposition',
  'Deprecation',
  'Sunset',
  'Link',
].join(', ');
const ALLOWED_HEADERS =
  'Authorization, Content-Type, Accept, Prefer, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID';
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** A browser asks again after so many seconds. */
const PREFLIGHT_SECONDS = 600;

/**
 * What lets a page of an allowed origin read the answer (CORS). Cookies play no part here, so credentials are never
 * allowed. Nothing for other origins. `Vary` always, as caches would give one origin's answer to another one.
 */
export function corsHeaders({ origin }: OriginHeaders, allowed: AllowedOrigins): Record<string, string> {
  if (allowed.length === 0) return {};
  if (origin === undefined || !allowed.includes(origin)) return { vary: 'Origin' };
  return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED };
}

/** What a preflight is answered with, besides `corsHeaders`; null where the request is none, or of an origin not allowed. */
export function preflightHeaders(
  method: string,
  headers: OriginHeaders & { 'access-control-request-method'?: string | undefined },
  allowed: AllowedOrigins,
): Record<string, string> | null {
  const asks = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
  if (!asks || headers.origin === undefined || !allowed.includes(headers.origin)) return null;
  return {
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  };
}
