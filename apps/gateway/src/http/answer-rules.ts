import type { Route } from '@planwright/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { entityTag, isKnown } from './entity-tag.js';
import { readPreferences } from './prefer.js';
import { routeOf } from './route-of.js';

/**
 * What answers have in common by the table of routes, done where they leave: an entity tag and 304, the headers of a
 * deprecated route, and what was asked for with `Prefer`.
 */
export function applyAnswerRules(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const route = routeOf(request);
    if (route?.deprecated) void reply.headers(deprecationHeaders(route.deprecated));
    // A stream, or nothing, is left as it is.
    if (!route || typeof payload !== 'string' || reply.statusCode >= 300) return done(null, payload);
    if (tag(route, request, reply, payload)) return done(null, '');
    done(null, prefer(route, request, reply) ? '' : payload);
  });
}

/** Names the state that is answered. True where the client has it already: then the answer is 304. */
function tag(route: Route, request: FastifyRequest, reply: FastifyReply, payload: string): boolean {
  const tagged = (route.etag || route.ifMatch) && route.response;
  if (!tagged || payload === '') return false;
  const given = reply.getHeader('etag');
  const etag = typeof given === 'string' ? given : entityTag(payload);
  void reply.headers({ etag, 'cache-control': 'private, no-cache' });
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads || !isKnown(etag, request.headers['if-none-match'])) return false;
  void reply.status(304).removeHeader('content-type').removeHeader('content-length');
  return true;
}

/** Says which preferences were followed. True where the body is left out: it can be read at `Location`, or is known. */
function prefer({ method }: Route, { headers }: FastifyRequest, reply: FastifyReply): boolean {
  const wishes = readPreferences(headers.prefer as string | undefined);
  const begun = reply.statusCode === 202;
  const changed = reply.statusCode === 200 && (method === 'PATCH' || method === 'PUT');
  const minimal = wishes.minimal && (changed || reply.hasHeader('location'));
  const before = reply.getHeader('preference-applied');
  const applied = [
    ...(typeof before === 'string' ? [before] : []),
    ...(wishes.respondAsync && begun ? ['respond-async'] : []),
    ...(minimal ? ['return=minimal'] : []),
  ];
  if (applied.length > 0) void reply.header('preference-applied', applied.join(', '));
  if (!minimal) return false;
  if (changed) void reply.status(204);
  void reply.removeHeader('content-type').removeHeader('content-length');
  return true;
}

/** RFC 9745 and RFC 8594: since when, until when, and what takes its place. */
function deprecationHeaders({ since, sunset, successor }: NonNullable<Route['deprecated']>) {
  return {
    deprecation: `@${Date.parse(since) / 1_000}`,
    sunset: new Date(sunset).toUTCString(),
    link: `<${successor}>; rel="successor-version"`,
  };
}
