import { HttpException } from '@nestjs/common';
import type { FieldError, Problem, ProblemCode } from '@planwright/contracts';
import { frameworkProblem, invalidFields, makeProblem, problemHeaders } from '@planwright/contracts';
import { InvalidCursorError, isUnavailable } from '@planwright/persistence';
import { AccessRefused, SECURITY_HEADERS, withoutSecrets } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A request that is refused: thrown by use-cases, answered as problem+json. */
export class RequestProblem extends Error {
  readonly body: Problem;

  constructor(code: ProblemCode, detail: string, extra: Record<string, unknown> & { errors?: FieldError[] } = {}) {
    super(detail);
    this.body = makeProblem(code, detail, extra);
  }
}

/** A refusal whose problem is made already. */
export function refusal(body: Problem): RequestProblem {
  return new RequestProblem(body.code, body.detail, body);
}

/** What is not there, or not this caller's: the answer is the same. */
export function notFound(what: string, id: string): RequestProblem {
  return new RequestProblem('not_found', `There is no ${what} ${id}.`);
}

/** The problem a person gets for an error: ours, the framework's, or `internal` for everything unexpected. */
export function problemFor(error: unknown, request: { method: string; url: string }): Problem {
  if (error instanceof RequestProblem) return error.body;
  if (error instanceof AccessRefused) return makeProblem(error.code, error.message);
  if (error instanceof InvalidCursorError) {
    const message = 'must be a next_cursor of the page before';
    return invalidFields([{ pointer: '?cursor', code: 'invalid_cursor', message }]);
  }
  // The framework's own refusals have a status; our code throws none of these.
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === undefined && isUnavailable(error))
    return makeProblem('unavailable', 'The database does not answer right now.');
  return frameworkProblem({ status, message: (error as { message?: string } | null)?.message }, request);
}

/** The one way a problem is answered. What it repeats of the request may be a secret that stood in the wrong place. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const body = withoutSecrets(JSON.stringify({ ...problem, request_id: request.id } satisfies Problem));
  // Of what is refused no preference was followed.
  void reply.removeHeader('preference-applied');
  // Also where the router refuses, before any hook.
  const headers = { ...SECURITY_HEADERS, 'cache-control': 'no-store', ...problemHeaders(problem) };
  void reply.status(problem.status).headers(headers).send(body);
}

function statusOf(error: unknown): number | undefined {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}
