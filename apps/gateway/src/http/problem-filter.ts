import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { withoutSecrets } from '@planwright/runtime';
import type { Logger } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemFor, sendProblem } from './problem.js';

/** Answers every error as problem+json, the framework's own included. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = problemFor(error, request);
    if (problem.status >= 500)
      this.log.error({ err: error, requestId: request.id, url: withoutSecrets(request.url) }, problem.title);
    sendProblem(problem, request, http.getResponse<FastifyReply>());
  }
}
