import type { FieldError, Problem, ProblemCode } from '@planwright/contracts';
import { invalidFields, makeProblem } from '@planwright/contracts';

/** A request that is refused: answered as problem+json. */
export class RequestProblem extends Error {
  readonly body: Problem;

  constructor(code: ProblemCode, detail: string, extra: Record<string, unknown> = {}) {
    super(detail);
    this.body = makeProblem(code, detail, extra);
  }
}

/** A refusal whose problem is made already. */
export function refusal(body: Problem): RequestProblem {
  return new RequestProblem(body.code, body.detail, body);
}

/** For a client that can not be let in now. */
export function comeBack(waitMs: number): Problem {
  return makeProblem('unavailable', 'More clients connect than are let in at once.', {
    retry_after_seconds: Math.round(waitMs / 1_000),
  });
}

/** A request with fields that are not as they must be; `part` says where they stand. */
export function invalid(part: 'query' | 'path' | 'header', found: readonly FieldError[]): RequestProblem {
  const errors = found.map((error) => {
    const name = error.pointer.replace(/^\//, '');
    return { ...error, pointer: { query: `?${name}`, path: `{${name}}`, header: name }[part] };
  });
  return refusal(invalidFields(errors));
}
