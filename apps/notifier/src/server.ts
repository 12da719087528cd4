import { randomUUID } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { problemHeaders, unreadablePath, unreadableRequest } from '@planwright/contracts';
import type { HealthRegistry, Logger } from '@planwright/runtime';
import { answerOnSocket, nestLogger, SECURITY_HEADERS } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerBrowsers } from './http/answer-headers.js';
import { ProblemFilter, sendProblem } from './http/problem-filter.js';
import type { NotifierParts } from './notifier.module.js';
import { ServerModule } from './server.module.js';
import { DEFAULT_SETTINGS } from './settings.js';
import { LiveWsAdapter } from './sockets/live-ws-adapter.js';

/** The notifier's HTTP server, not listening yet. */
export async function createServer(
  parts: NotifierParts & { log: Logger },
  registry: HealthRegistry,
  persistence: DynamicModule[] = [],
): Promise<NestFastifyApplication> {
  const { requestMs } = { ...DEFAULT_SETTINGS, ...parts.settings };
  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.register(parts, registry, persistence),
    new FastifyAdapter({
      genReqId: () => randomUUID(),
      forceCloseConnections: true,
      // For a request to arrive, head and body; how long it is answered is not limited by these.
      requestTimeout: requestMs,
      http: { headersTimeout: requestMs, connectionsCheckingInterval: Math.min(1_000, requestMs / 2) },
      // Refused by the router, before any hook or handler.
      frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
        sendProblem(unreadablePath(), request, reply),
      // Refused by the HTTP parser: there is no request.
      clientErrorHandler: ({ code }, socket) => {
        const problem = { ...unreadableRequest(code), request_id: randomUUID() };
        answerOnSocket(socket, {
          status: problem.status,
          headers: { ...problemHeaders(problem), ...SECURITY_HEADERS },
          body: problem,
        });
      },
    }),
    { logger: nestLogger(parts.log), abortOnError: false },
  );
  answerBrowsers(app);
  app.useGlobalFilters(new ProblemFilter(parts.log));
  app.useWebSocketAdapter(new LiveWsAdapter(app));
  return app;
}
