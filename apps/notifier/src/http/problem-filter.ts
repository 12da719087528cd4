import { Catch, HttpException, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@planwright/contracts';
import { frameworkProblem, problem, problemHeaders } from '@planwright/contracts';
import { SECURITY_HEADERS, withoutSecrets } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../ports.js';

/** Token of the log that is told of errors on our side. */
export const PROBLEM_LOG = Symbol('problem log');

/** Answers every error as problem+json, the framework's own included. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(PROBLEM_LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const found = problemOf(error, request);
    if (found.status >= 500) this.log.error({ err: error, requestId: request.id }, found.title);
    sendProblem(found, request, reply);
  }
}

/** The one way a problem is answered. What it repeats of the request may be a secret that stood in the wrong place. */
export function sendProblem(found: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const body = withoutSecrets(JSON.stringify({ ...found, request_id: request.id } satisfies Problem));
  // Also where the router refuses, before any hook.
  const headers = { ...SECURITY_HEADERS, 'cache-control': 'no-store', ...problemHeaders(found) };
  void reply.status(found.status).headers(headers).send(body);
}

function problemOf(error: unknown, request: FastifyRequest): Problem {
  const { statusCode, body, message } = (error ?? {}) as { statusCode?: number; body?: unknown; message?: string };
  // Ours, or a refusal of the application this is part of.
  const refused = problem.safeParse(body);
  if (refused.success) return refused.data;
  return frameworkProblem(
    { status: error instanceof HttpException ? error.getStatus() : statusCode, message },
    request,
  );
}
