import httpProxy from '@fastify/http-proxy';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { makeProblem } from '@planwright/contracts';
import type { FastifyRequest } from 'fastify';

/** Sends the live feed's sockets and event streams to the notifier, for deployments whose ingress does not. */
export async function forwardLive(app: NestFastifyApplication, notifierUrl: string): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const upstream = notifierUrl.replace(/\/+$/, '');
  const shared = {
    upstream,
    // An event stream is silent for longer than any ordinary answer; its heartbeat is the notifier's.
    undici: { bodyTimeout: 0, headersTimeout: 60_000 },
    replyOptions: {
      onError: (reply: { status(code: number): { type(t: string): { send(body: unknown): void } } }) => {
        const problem = makeProblem('unavailable', 'The live feed does not answer right now.');
        reply.status(problem.status).type('application/problem+json').send(problem);
      },
    },
  };
  await fastify.register(httpProxy as never, {
    ...shared,
    prefix: '/v1/live',
    rewritePrefix: '/v1/live',
    websocket: true,
    // The proxy passes cookies on and nothing else; a key in the header is what authenticates a socket.
    wsClientOptions: {
      rewriteRequestHeaders: (headers: Record<string, string>, { headers: given }: FastifyRequest) => ({
        ...headers,
        ...(given.authorization !== undefined && { authorization: given.authorization }),
      }),
    },
  });
  await fastify.register(httpProxy as never, {
    ...shared,
    prefix: '/v1/runs/:id/events',
    rewritePrefix: '/v1/runs/:id/events',
    httpMethods: ['GET'],
  });
}
