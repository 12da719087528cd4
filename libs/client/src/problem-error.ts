import type { Problem, Task } from './types.js';

/** An answer that was not 2xx: the server's problem, with `code` to act on and `message` to show. */
export class PlanwrightError extends Error {
  override readonly name: string = 'PlanwrightError';

  constructor(
    readonly problem: Problem,
    /** Milliseconds the server asked to wait before the next try (`Retry-After`); null when it named none. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(`${problem.detail} ${problem.advice}`);
  }
}

/** A card has changed since it was read (412): nothing was done. Look at `current`, and ask again with it. */
export class ChangedError extends PlanwrightError {
  override readonly name = 'ChangedError';

  constructor(
    problem: Problem,
    /** The card as it is now. */
    readonly current: Task,
  ) {
    super(problem);
  }
}

/** The live feed refuses this client for good: a close code of 40xx, or no such channel. */
export class FeedError extends PlanwrightError {
  override readonly name = 'FeedError';

  constructor(
    problem: Problem,
    /** Close code of the socket; null where the refusal came before it. */
    readonly closeCode: number | null,
  ) {
    super(problem);
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
