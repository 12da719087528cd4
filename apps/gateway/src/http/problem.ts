import { HttpException } from '@nestjs/common';
import type { FieldError, Problem, ProblemCode } from '@planwright/contracts';
import { makeProblem, MAX_BODY_BYTES, ROUTES } from '@planwright/contracts';
import { InvalidCursorError } from '@planwright/persistence';

/** A request that is refused: thrown by use-cases, answered as problem+json. */
export class RequestProblem extends Error {
  readonly body: Problem;

  constructor(code: ProblemCode, detail: string, extra: Record<string, unknown> & { errors?: FieldError[] } = {}) {
    super(detail);
    this.body = makeProblem(code, detail, extra);
  }
}

/** What is not there, or not this caller's: the answer is the same. */
export function notFound(what: string, id: string): RequestProblem {
  return new RequestProblem('not_found', `There is no ${what} ${id}.`);
}

/** The problem a person gets for an error: ours, the framework's, or `internal` for everything unexpected. */
export function problemFor(error: unknown, request: { method: string; url: string }): Problem {
  if (error instanceof RequestProblem) return error.body;
  if (error instanceof InvalidCursorError) {
    const message = 'must be a next_cursor of the page before';
    const errors = [{ pointer: '?cursor', code: 'invalid_cursor', message }];
    return makeProblem('invalid_request', `?cursor ${message}.`, { errors });
  }
  const message = sentence((error as { message?: string } | null)?.message ?? '');
  // The framework's own refusals; our code throws none of these.
  switch (error instanceof HttpException ? error.getStatus() : statusOf(error)) {
    case 400:
      return makeProblem('malformed_json', message);
    case 404:
      return unmatched(request);
    case 413:
      return makeProblem('payload_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
    case 415:
      return makeProblem('unsupported_media_type', message);
    default:
      return isConnectionError(error)
        ? makeProblem('unavailable', 'The database does not answer right now.')
        : makeProblem('internal', 'The request could not be finished.');
  }
}

/** 405 where the path exists with other methods, else 404. */
function unmatched({ method, url }: { method: string; url: string }): Problem {
  const path = url.split('?')[0] ?? url;
  const allowed = Object.values(ROUTES)
    .filter((route) => new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .map((route) => route.method);
  if (allowed.length === 0) return makeProblem('not_found', `There is no route ${method} ${path.slice(0, 200)}.`);
  return makeProblem('method_not_allowed', `${method} is not possible here; ${allowed.join(', ')} is.`, {
    allow: allowed,
  });
}

function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`;
}

function statusOf(error: unknown): number | undefined {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/** Node's and PostgreSQL's codes for "not there, or going away". */
function isConnectionError(error: unknown): boolean {
  const { code, driverError } = (error ?? {}) as { code?: string; driverError?: { code?: string } };
  return /^(ECONN|EPIPE|ETIMEDOUT|57P0[123]|08|53300)/.test(driverError?.code ?? code ?? '');
}
