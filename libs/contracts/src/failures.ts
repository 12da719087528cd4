import { z } from 'zod';
import { instant } from './ids.js';

/**
 * Why a step failed, as decided by the generator (or by the orchestrator for `too_large`, `no_input` and
 * `dead_lettered`). The table below says, as data, what happens next and what a person reads.
 */
export const failureCode = z.enum([
  'rate_limited',
  'overloaded',
  'too_large',
  'billing',
  'budget',
  'auth',
  'invalid_request',
  'content_filtered',
  'truncated',
  'timeout',
  'connection',
  'malformed',
  'server_error',
  'cancelled',
  'no_input',
  'dead_lettered',
]);
export type FailureCode = z.infer<typeof failureCode>;

/** A failure that crosses a queue: a value, never an exception. */
export const failure = z.object({
  code: failureCode,
  /** One sentence with the numbers: which limit, what was asked, what would fit. Never a secret, never a stack. */
  detail: z.string().max(2000),
  /** When the provider said it will answer again; null when it named no time. */
  resets_at: instant.nullable().default(null),
});
export type Failure = z.infer<typeof failure>;

/** What the engine does with a failure of one kind. Delays in milliseconds, spread by ± `JITTER_SHARE`. */
export interface RetryPolicy {
  /** Retries by itself after the first try; 0 means it waits for a person's Retry. */
  maxRetries: number;
  /** Wait before retry 1, 2, …; the last value repeats. */
  delaysMs: readonly number[];
  /** False where waiting is nobody's fault: the wait does not count against `maxRetries`. */
  usesTry: boolean;
}

const never: RetryPolicy = { maxRetries: 0, delaysMs: [], usesTry: true };
const transient: RetryPolicy = { maxRetries: 2, delaysMs: [10_000, 60_000], usesTry: true };
const repair: RetryPolicy = { maxRetries: 1, delaysMs: [0], usesTry: true };

/** Automatic waits are spread by ± 20 % so that many steps do not come back at one instant. */
export const JITTER_SHARE = 0.2;
/** No automatic wait is longer than a day. */
export const MAX_DELAY_MS = 86_400_000;
/** Shortest wait after a named reset. */
export const MIN_RATE_LIMIT_DELAY_MS = 5_000;

/** Retry policy, title and advice by failure kind. */
export const FAILURES: Readonly<
  Record<FailureCode, { retry: RetryPolicy; title: string; advice: string; retryable: boolean }>
> = {
  rate_limited: {
    retry: { maxRetries: Number.POSITIVE_INFINITY, delaysMs: [10_000, 30_000, 60_000], usesTry: false },
    title: 'The provider limits how fast we may ask',
    advice: 'Nothing to do: the section continues by itself when the limit resets.',
    retryable: true,
  },
  overloaded: {
    retry: { maxRetries: 3, delaysMs: [10_000, 30_000, 60_000], usesTry: true },
    title: 'The provider is overloaded',
    advice: 'Retry in a few minutes, or choose another model.',
    retryable: true,
  },
  too_large: {
    retry: never,
    title: 'The request is larger than the limit',
    advice:
      'Shorten the idea or the constraints, choose a model with a larger limit, or raise the tier at the provider.',
    retryable: false,
  },
  billing: {
    retry: never,
    title: "The provider account can't pay for this",
    advice: 'Add credit or raise the spend limit at the provider, then retry.',
    retryable: true,
  },
  budget: {
    retry: never,
    title: "The workspace's budget is used up",
    advice: 'Raise the budget or wait for the next period, then retry.',
    retryable: true,
  },
  auth: {
    retry: never,
    title: 'The provider refused the key',
    advice: "Check the provider key and the model's access, then retry.",
    retryable: true,
  },
  invalid_request: {
    retry: never,
    title: 'The provider refused the request',
    advice: 'Check that the model name is right; otherwise report this with the run id.',
    retryable: false,
  },
  content_filtered: {
    retry: never,
    title: 'The provider declined to write this',
    advice: 'Rephrase the idea or the instructions, then retry.',
    retryable: true,
  },
  truncated: {
    retry: repair,
    title: 'The text was cut off at the output limit',
    advice: 'Retry, or ask for a shorter section in the instructions.',
    retryable: true,
  },
  timeout: {
    retry: transient,
    title: 'The provider did not answer in time',
    advice: 'Retry; if it happens again choose a faster model.',
    retryable: true,
  },
  connection: {
    retry: transient,
    title: 'The connection to the provider broke',
    advice: 'Retry; if it happens again check the network and the base URL.',
    retryable: true,
  },
  malformed: {
    retry: repair,
    title: 'The answer is no text that can be used',
    advice: 'Retry; if it happens again, change the instructions or choose another model.',
    retryable: true,
  },
  server_error: {
    retry: transient,
    title: 'The provider had an error',
    advice: "Retry; if it happens again look at the provider's status page.",
    retryable: true,
  },
  cancelled: {
    retry: never,
    title: 'Cancelled',
    advice: 'Start it again when you want it.',
    retryable: true,
  },
  no_input: {
    retry: never,
    title: 'Nothing to work from',
    advice: 'Every section this one builds on failed: retry those first.',
    retryable: true,
  },
  dead_lettered: {
    retry: never,
    title: 'The work could not be delivered',
    advice: 'Retry; an operator finds the message in the parked queue.',
    retryable: true,
  },
};

/** The machine-readable half of a stored error: what `problem` holds beside the sentence in `error`. */
export const stepProblem = z.object({
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  advice: z.string(),
  retryable: z.boolean(),
});
export type StepProblem = z.infer<typeof stepProblem>;

/** The stored problem of a failure: its own detail with the catalogue's title and advice. */
export function problemOf(f: Pick<Failure, 'code' | 'detail'>): StepProblem {
  const { title, advice, retryable } = FAILURES[f.code];
  return { code: f.code, title, detail: f.detail, advice, retryable };
}

/** The sentence a person reads: what happened and what to do. */
export function sentenceOf(problem: StepProblem): string {
  return `${problem.title}: ${problem.detail.replace(/[.\s]+$/, '')}. ${problem.advice}`;
}
