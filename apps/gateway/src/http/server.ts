import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAX_BODY_BYTES } from '@planwright/contracts';
import type { Logger } from '@planwright/runtime';
import { ProblemFilter } from './problem-filter.js';

/** The HTTP server under the REST API: JSON only, bodies up to 256 KiB, ids for requests. */
export function createHttpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    genReqId: () => randomUUID(),
    // Connections that wait for events must not hold up a shutdown.
    forceCloseConnections: true,
  });
}

/** Options for `NestFactory.create` that go with the adapter. */
export const HTTP_APP_OPTIONS = { bodyParser: false } as const;

/** What every answer has in common: problems for errors, and headers that keep browsers from guessing. */
export function prepareHttp(app: NestFastifyApplication, log: Logger): void {
  const fastify = app.getHttpAdapter().getInstance();
  // Only JSON has a meaning here; Fastify would take plain text, too.
  fastify.removeContentTypeParser('text/plain');
  // Some clients name a type for no body at all, which is no body and not a malformed one.
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
    if (length === '0' && encoding === undefined) delete headers['content-type'];
    done();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    void reply.header('x-content-type-options', 'nosniff');
    if (request.url.startsWith('/v1/') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  app.useGlobalFilters(new ProblemFilter(log));
}
