import { randomUUID } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { problemHeaders, unreadablePath, unreadableRequest } from '@planwright/contracts';
import type { HealthRegistry, Logger } from '@planwright/runtime';
import { answerOnSocket, nestLogger } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemFilter, sendProblem } from './http/problem-filter.js';
import type { NotifierParts } from './notifier.module.js';
import { ServerModule } from './server.module.js';
import { LiveWsAdapter } from './sockets/live-ws-adapter.js';

/** The notifier's HTTP server, not listening yet. */
export async function createServer(
  parts: NotifierParts & { log: Logger },
  registry: HealthRegistry,
  persistence: DynamicModule[] = [],
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.register(parts, registry, persistence),
    new FastifyAdapter({
      genReqId: () => randomUUID(),
      forceCloseConnections: true,
      // Refused by the router, before any hook or handler.
      frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
        sendProblem(unreadablePath(), request, reply),
      // Refused by the HTTP parser: there is no request.
      clientErrorHandler: ({ code }, socket) => {
        const problem = { ...unreadableRequest(code), request_id: randomUUID() };
        answerOnSocket(socket, { status: problem.status, headers: problemHeaders(problem), body: problem });
      },
    }),
    { logger: nestLogger(parts.log), abortOnError: false },
  );
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (_request, reply, payload, done) => {
      void reply.header('x-content-type-options', 'nosniff');
      void reply.header('cache-control', 'no-store');
      done(null, payload);
    });
  app.useGlobalFilters(new ProblemFilter(parts.log));
  app.useWebSocketAdapter(new LiveWsAdapter(app));
  return app;
}
