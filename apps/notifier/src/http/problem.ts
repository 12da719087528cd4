import type { FieldError, Problem, ProblemCode } from '@planwright/contracts';
import { makeProblem } from '@planwright/contracts';

/** A request that is refused: answered as problem+json. */
export class RequestProblem extends Error {
  readonly body: Problem;

  constructor(code: ProblemCode, detail: string, errors?: FieldError[]) {
    super(detail);
    this.body = makeProblem(code, detail, errors ? { errors } : {});
  }
}

/** A request with fields that are not as they must be; `part` says where they stand. */
export function invalid(part: 'query' | 'path' | 'header', found: readonly FieldError[]): RequestProblem {
  const errors = found.map((error) => {
    const name = error.pointer.replace(/^\//, '');
    return { ...error, pointer: { query: `?${name}`, path: `{${name}}`, header: name }[part] };
  });
  const detail = errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  return new RequestProblem('invalid_request', `${detail}.`, errors);
}
