import httpProxy from '@fastify/http-proxy';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { makeProblem } from '@planwright/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forwardedSockets } from './forwarded-sockets.js';
import { problemFor, sendProblem } from './problem.js';
import { validId } from './valid.js';

/** Sends the live feed's sockets and event streams to the notifier, for deployments whose ingress does not. */
export async function forwardLive(app: NestFastifyApplication, notifierUrl: string): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const upstream = notifierUrl.replace(/\/+$/, '');
  const shared = {
    upstream,
    // This path and nothing below it.
    routes: ['/'],
    httpMethods: ['GET'],
    // An event stream is silent for longer than any ordinary answer; its heartbeat is the notifier's.
    undici: { bodyTimeout: 0, headersTimeout: 60_000 },
    replyOptions: {
      onError: (reply: FastifyReply) => {
        sendProblem(makeProblem('unavailable', 'The live feed does not answer right now.'), reply.request, reply);
      },
    },
  };
  await fastify.register(async (scope) => {
    // Nest's own stands only in front of Nest's routes.
    scope.setErrorHandler((error, request, reply) => sendProblem(problemFor(error, request), request, reply));
    await scope.register(httpProxy as never, {
      ...shared,
      prefix: '/v1/live',
      rewritePrefix: '/v1/live',
      ...forwardedSockets,
    });
    for (const path of ['/v1/runs/:id/events', '/v1/projects/:id/events', '/v1/projects/:id/features/events']) {
      await scope.register(httpProxy as never, {
        ...shared,
        prefix: path,
        rewritePrefix: path,
        // What is no id could mean another path there.
        preHandler: (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
          validId.transform(request.params);
          done();
        },
      });
    }
  });
}
