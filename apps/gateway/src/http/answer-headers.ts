import { otherOrigin } from '@planwright/contracts';
import { corsHeaders, mayOpenSocket, preflightHeaders, SECURITY_HEADERS, transportHeaders } from '@planwright/runtime';
import type { AllowedOrigins } from '@planwright/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refusal } from './problem.js';

/** What every answer tells a browser: that it is data and nothing else, and which pages of other origins may read it. */
export function answerBrowsers(fastify: FastifyInstance, allowed: AllowedOrigins): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { headers } = request;
    void reply.headers({
      ...SECURITY_HEADERS,
      ...transportHeaders(transportOf(request)),
      ...corsHeaders(headers, allowed),
    });
    done();
  });
}

/** Refuses sockets of pages from elsewhere, before they are forwarded. */
export function refuseSockets(fastify: FastifyInstance, allowed: AllowedOrigins): void {
  fastify.addHook('onRequest', ({ headers }, _reply, done) =>
    done(headers.upgrade === undefined || mayOpenSocket(headers, allowed) ? undefined : refusal(otherOrigin())),
  );
}

/**
 * Answers what browsers ask before requests of pages from elsewhere. Behind what refuses requests: who may not ask at all
 * is told so.
 */
export function answerPreflights(fastify: FastifyInstance, allowed: AllowedOrigins): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const preflight = preflightHeaders(request.method, request.headers, allowed);
    if (preflight) void reply.status(204).headers(preflight).send();
    else done();
  });
}

const transportOf = ({ headers, raw }: FastifyRequest) => ({
  encrypted: 'encrypted' in raw.socket,
  forwardedProto: [headers['x-forwarded-proto']].flat()[0],
});
