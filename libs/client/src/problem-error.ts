import type { Problem } from '@planwright/contracts';

/** An answer that was not 2xx: the server's problem, with `code` to act on and `message` to show. */
export class PlanwrightError extends Error {
  override readonly name = 'PlanwrightError';

  constructor(
    readonly problem: Problem,
    /** Milliseconds the server asked to wait before the next try (`Retry-After`); null when it named none. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(`${problem.detail} ${problem.advice}`);
  }
}

/** The server could not be reached, or something answered that is not Planwright. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  /** HTTP status of an answer that was not Planwright's; null when there was no whole answer. */
  readonly status: number | null;
  /** As in `PlanwrightError`. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: ErrorOptions & { status?: number; retryAfterMs?: number | null } = {}) {
    super(message, options);
    this.status = options.status ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
