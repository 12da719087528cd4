import { Catch, HttpException, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@planwright/contracts';
import { makeProblem, problem } from '@planwright/contracts';
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
    if (found.code === 'unauthenticated') void reply.header('www-authenticate', 'Bearer');
    if (found.code === 'unavailable') void reply.header('retry-after', '5');
    const body: Problem = { ...found, request_id: request.id };
    void reply.status(found.status).type('application/problem+json').send(body);
  }
}

function problemOf(error: unknown, { method, url }: FastifyRequest): Problem {
  const { statusCode, body } = (error ?? {}) as { statusCode?: unknown; body?: unknown };
  // Ours, or a refusal of the application this is part of.
  const refusal = problem.safeParse(body);
  if (refusal.success) return refusal.data;
  switch (error instanceof HttpException ? error.getStatus() : statusCode) {
    case 404:
      return makeProblem('not_found', `There is no route ${method} ${url.split('?')[0]?.slice(0, 200)}.`);
    case 400:
      return makeProblem('invalid_request', 'The request could not be read.');
    case 413:
      return makeProblem('payload_too_large', 'The body is too large.');
    case 415:
      return makeProblem('unsupported_media_type', 'The content type is not supported.');
    default:
      return makeProblem('internal', 'The request could not be finished.');
  }
}
