import type { ErrorName } from './errors.js';

/**
 * One thing that goes wrong with one call. `afterPieces` counts pieces of text; 0 is before the first one, and more than
 * there are is after the last one, without the end mark.
 */
export type Fault =
  /** An HTTP error instead of an answer. From 500 on the call was let in before, and is charged as its profile says. */
  | { kind: 'error'; error: ErrorName; status?: number; message?: string; headers?: Record<string, string> }
  /** The request is read; then nothing, for ever. */
  | { kind: 'stall_before_headers' }
  | { kind: 'cut_before_headers' }
  | { kind: 'slow_headers'; ms: number }
  /** The answer begins when the test says so. */
  | { kind: 'held_headers'; until: Promise<unknown> }
  /** The stream ends as if all were well, without its end mark. */
  | { kind: 'truncate'; afterPieces: number }
  /** The connection is reset. */
  | { kind: 'cut'; afterPieces: number }
  /** The connection stays, and nothing comes any more. */
  | { kind: 'stall'; afterPieces: number }
  /** Comments or pings, for ever, and no content. */
  | { kind: 'keep_alive'; afterPieces: number; everyMs: number }
  /** An error within the stream. `failed`: as OpenAI's `response.failed`. */
  | { kind: 'error_event'; afterPieces: number; error: ErrorName; as?: 'failed' }
  /** An event that is not JSON. */
  | { kind: 'garbage'; afterPieces: number }
  /** The end mark comes early, and says that the output limit was reached or that the provider cut in. */
  | { kind: 'length'; afterPieces: number }
  | { kind: 'filtered'; afterPieces: number }
  /** The model declines. */
  | { kind: 'refusal' }
  /** A list of tasks that is not JSON. */
  | { kind: 'malformed_tasks' };

/** What is written, how fast, and what goes wrong with it. */
export interface Answer {
  /** Default: words for `outputTokens`, or a list of tasks where JSON is asked for. */
  text?: string;
  /** Default 40. Ends at the request's own limit, as `length`. */
  outputTokens?: number;
  /** Thought before the text; default 0. */
  reasoningTokens?: number;
  /** Between the headers and the first piece; default 0. */
  firstTokenMs?: number;
  /** Default 4. */
  tokensPerPiece?: number;
  /** Between two pieces; default 0. */
  pieceMs?: number;
  fault?: Fault;
}
