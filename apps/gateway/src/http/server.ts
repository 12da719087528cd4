import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAX_BODY_BYTES, notLocal, problemHeaders, unreadablePath, unreadableRequest } from '@planwright/contracts';
import { answerOnSocket, isLocalRequest } from '@planwright/runtime';
import type { Logger } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusal, sendProblem } from './problem.js';
import { ProblemFilter } from './problem-filter.js';

/** The HTTP server under the REST API: JSON only, bodies up to 256 KiB, ids for requests. */
export function createHttpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    genReqId: () => randomUUID(),
    // Connections that wait for events must not hold up a shutdown.
    forceCloseConnections: true,
    // Refused by the router, before any hook or handler.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(unreadablePath(), request, reply),
    // Refused by the HTTP parser: there is no request.
    clientErrorHandler: ({ code }, socket) => {
      const problem = { ...unreadableRequest(code), request_id: randomUUID() };
      answerOnSocket(socket, { status: problem.status, headers: problemHeaders(problem), body: problem });
    },
  });
}

/** Options for `NestFactory.create` that go with the adapter. */
export const HTTP_APP_OPTIONS = { bodyParser: false } as const;

/**
 * What every answer has in common: problems for errors, and headers that keep browsers from guessing or storing. Without
 * keys, only requests of this machine get further than here, the upgrades of sockets that are forwarded included.
 */
export function prepareHttp(
  app: NestFastifyApplication,
  { auth, log }: { auth: 'off' | 'required'; log: Logger },
): void {
  const fastify = app.getHttpAdapter().getInstance();
  if (auth === 'off') {
    fastify.addHook('onRequest', ({ headers }, _reply, done) =>
      done(isLocalRequest(headers) ? undefined : refusal(notLocal())),
    );
  }
  // Only JSON has a meaning here; Fastify would take plain text, too.
  fastify.removeContentTypeParser('text/plain');
  // Some clients name a type for no body at all, which is no body and not a malformed one.
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
    if (length === '0' && encoding === undefined) delete headers['content-type'];
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    void reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  // Nest takes a path with a slash at its end for the one without.
  for (const path of ['/', '/docs/']) fastify.get(path, (_request, reply) => reply.redirect('/docs', 302));
  app.useGlobalFilters(new ProblemFilter(log));
}
