import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@planwright/contracts';
import type { Logger } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemFor } from './problem.js';

/** Answers every error as problem+json, the framework's own included. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = problemFor(error, request);
    if (problem.status >= 500) this.log.error({ err: error, requestId: request.id, url: request.url }, problem.title);
    const body: Problem = problem.status >= 500 ? { ...problem, request_id: request.id } : problem;
    if (problem.code === 'method_not_allowed') void reply.header('allow', (problem['allow'] as string[]).join(', '));
    if (problem.code === 'unauthenticated') void reply.header('www-authenticate', 'Bearer');
    if (problem.code === 'unavailable') void reply.header('retry-after', '5');
    void reply.status(problem.status).type('application/problem+json').send(body);
  }
}
