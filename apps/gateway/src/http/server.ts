import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  allowedMethods,
  bodyLimit,
  MAX_BODY_BYTES,
  notLocal,
  problemHeaders,
  ROUTES,
  unreadablePath,
  unreadableRequest,
} from '@planwright/contracts';
import { answerOnSocket, isLocalRequest, SECURITY_HEADERS } from '@planwright/runtime';
import type { AllowedOrigins, Logger } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Admission, admitCallers } from '../auth/admission.js';
import { answerBrowsers, answerPreflights, refuseSockets } from './answer-headers.js';
import { applyAnswerRules } from './answer-rules.js';
import { refusal, RequestProblem, sendProblem } from './problem.js';
import { ProblemFilter } from './problem-filter.js';
import { serveWorkspace } from '../workspace/serve-workspace.js';

/** Path and query, in characters. */
const LONGEST_URL = 8_192;

/**
 * The HTTP server under the REST API: JSON only, bodies up to 256 KiB (an import's up to 8 MiB), ids for requests.
 * `trustedProxies`: whose `X-Forwarded-For` is believed; default nobody's.
 */
export function createHttpAdapter({
  trustedProxies = [],
}: { trustedProxies?: readonly string[] } = {}): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    genReqId: () => randomUUID(),
    // Connections that wait for events must not hold up a shutdown.
    forceCloseConnections: true,
    // Refused by the router, before any hook or handler.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(unreadablePath(), request, reply),
    // Refused by the HTTP parser: there is no request.
    clientErrorHandler: (error, socket) => {
      const { rawPacket } = error as unknown as { rawPacket?: Buffer };
      const start = rawPacket?.toString('latin1', 0, LONGEST_URL);
      const problem = { ...unreadableRequest(error.code, start), request_id: randomUUID() };
      answerOnSocket(socket, {
        status: problem.status,
        headers: { ...problemHeaders(problem), ...SECURITY_HEADERS },
        body: problem,
      });
    },
  });
}

/** Options for `NestFactory.create` that go with the adapter. */
export const HTTP_APP_OPTIONS = { bodyParser: false } as const;

/**
 * What every answer has in common: problems for errors, and headers that keep browsers from guessing, framing or storing. Without
 * keys, only requests of this machine get further than here, the upgrades of sockets that are forwarded included.
 */
export function prepareHttp(
  app: NestFastifyApplication,
  {
    auth,
    origins = [],
    workspace = null,
    log,
  }: {
    auth: 'off' | 'required';
    origins?: AllowedOrigins | undefined;
    /** Folder of the built workspace; without it `/` leads to the API's page. */
    workspace?: string | null;
    log: Logger;
  },
): void {
  const fastify = app.getHttpAdapter().getInstance();
  answerBrowsers(fastify, origins);
  if (auth === 'required') refuseSockets(fastify, origins);
  if (auth === 'off') {
    fastify.addHook('onRequest', ({ headers }, _reply, done) =>
      done(isLocalRequest(headers) ? undefined : refusal(notLocal())),
    );
  }
  fastify.addHook('onRequest', ({ url }, _reply, done) => done(url.length > LONGEST_URL ? tooLong() : undefined));
  answerPreflights(fastify, origins);
  admitCallers(fastify, app.get(Admission, { strict: false }));
  // Routes are added after this.
  fastify.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const limit = bodyLimit({ method, url: route.url });
      if (limit !== MAX_BODY_BYTES) route.bodyLimit = limit;
    }
  });
  // Only JSON has a meaning here; Fastify would take plain text, too.
  fastify.removeContentTypeParser('text/plain');
  // Some clients name a type for no body at all, which is no body and not a malformed one.
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
    if (length === '0' && encoding === undefined) delete headers['content-type'];
    done();
  });
  applyAnswerRules(fastify);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  for (const path of new Set(Object.values(ROUTES).map((route) => route.path))) {
    const allow = [...allowedMethods(path), 'OPTIONS'].join(', ');
    fastify.options(path.replaceAll(/\{(\w+)\}/g, ':$1'), (_request, reply) =>
      reply.status(204).header('allow', allow).send(),
    );
  }
  // Nest takes a path with a slash at its end for the one without.
  const toDocs = [...(workspace === null ? ['/'] : []), '/docs/'];
  for (const path of toDocs) fastify.get(path, (_request, reply) => reply.redirect('/docs', 302));
  if (workspace !== null) serveWorkspace(fastify, workspace);
  app.useGlobalFilters(new ProblemFilter(log));
}

const tooLong = () =>
  new RequestProblem('uri_too_long', `The path and query are longer than ${LONGEST_URL} characters.`, {
    limit: LONGEST_URL,
  });
