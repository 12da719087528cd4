import { pause } from './pause.js';
import { ChangedError, PlanwrightError, UnreachableError } from './problem-error.js';
import type { Problem, Task } from './types.js';

export interface ClientOptions {
  /** Where Planwright answers, such as `http://127.0.0.1:3000`. */
  url: string;
  /** API key; not needed where the server runs with `PLANWRIGHT_AUTH=off`. Keep it out of browsers: see `ticket`. */
  apiKey?: string | undefined;
  /**
   * Gets a ticket for a WebSocket, one for each connection: from your own server, say, which asks
   * `POST /v1/realtime/tickets` with the key. Default: asks that itself where there is an `apiKey`, else none is sent.
   */
  ticket?: (() => Promise<string>) | undefined;
  /** How often a request is sent again that had no answer or was told to come back. Default 2. */
  retries?: number | undefined;
  /** Time for one answer, in milliseconds. Default 30,000. */
  timeoutMs?: number | undefined;
  /** Default: the platform's own. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Default: the platform's own. Without one the live feed uses HTTP. */
  WebSocket?: typeof globalThis.WebSocket | undefined;
}

export interface CallOptions {
  /** Gives the request up; it then throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Time for one answer, in milliseconds. Default: the client's. */
  timeoutMs?: number | undefined;
}

export interface RequestOptions extends CallOptions {
  body?: unknown;
  headers?: Record<string, string> | undefined;
  idempotencyKey?: string | undefined;
}

const RETRIES = 2;
const TIMEOUT_MS = 30_000;
const FIRST_WAIT_MS = 500;
/** Who is asked to come back later than this is told so instead. */
const LONGEST_WAIT_MS = 10_000;

/** Sends requests with the key; everything else of the client is built on it. */
export class Requester {
  readonly base: string;
  private readonly send: typeof globalThis.fetch;

  constructor(readonly options: ClientOptions) {
    this.base = options.url.replace(/\/+$/, '');
    this.send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /** The JSON of a 2xx answer. Throws `PlanwrightError` for every other, `UnreachableError` when there is none. */
  json<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    return this.answer(method, path, options, async (response) => {
      if (response.status === 204) return undefined as T;
      const value = parsed(await response.text());
      if (value === undefined) throw this.foreign(response);
      return value as T;
    });
  }

  /** A 2xx answer as a file. */
  file(method: string, path: string, options: RequestOptions = {}): Promise<Blob> {
    return this.answer(method, path, { ...options, headers: { accept: '*/*' } }, (response) => response.blob());
  }

  /**
   * What is read of a 2xx answer, asked for again where that is safe: when there was none, for requests that may arrive
   * twice (reads, and changes under a key, which stays the same); and for all when the server says when to come back.
   */
  private async answer<T>(
    method: string,
    path: string,
    options: RequestOptions,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { signal, timeoutMs = this.options.timeoutMs ?? TIMEOUT_MS } = options;
    const repeatable = method === 'GET' || method === 'PUT' || options.idempotencyKey !== undefined;
    for (let failures = 0; ; failures += 1) {
      try {
        const limit = AbortSignal.timeout(timeoutMs);
        const both = signal ? AbortSignal.any([signal, limit]) : limit;
        const response = await this.raw(method, path, { ...options, signal: both });
        return await read(response).catch((error: unknown) => {
          throw error instanceof UnreachableError ? error : this.noAnswer(error);
        });
      } catch (error) {
        signal?.throwIfAborted();
        const waitMs = failures < (this.options.retries ?? RETRIES) ? waitBefore(error, failures, repeatable) : null;
        if (waitMs === null) throw error;
        await pause(waitMs, signal);
        signal?.throwIfAborted();
      }
    }
  }

  /** A 2xx answer as it is, asked for once. Whoever takes it reads or cancels its body. */
  async raw(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { body, headers = {}, idempotencyKey, signal } = options;
    const { apiKey } = this.options;
    try {
      const response = await this.send(this.base + path, {
        method,
        headers: {
          accept: 'application/json',
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
      if (response.ok) return response;
      throw this.refusal(response, await response.text());
    } catch (error) {
      throw isOurs(error) ? error : this.noAnswer(error);
    }
  }

  private refusal(response: Response, text: string): Error {
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
    const problem = isProblem ? (parsed(text) as Problem | undefined) : undefined;
    if (problem === undefined) return this.foreign(response);
    if (problem.status === 412 && problem['current']) return new ChangedError(problem, problem['current'] as Task);
    return new PlanwrightError(problem, retryAfterOf(response));
  }

  private noAnswer(cause: unknown): UnreachableError {
    return new UnreachableError(`No answer from ${this.base}: ${reasonOf(cause)}.`, { cause });
  }

  private foreign(response: Response): UnreachableError {
    const { status } = response;
    return new UnreachableError(`${this.base} answered ${status}, but not as Planwright does.`, {
      status,
      retryAfterMs: retryAfterOf(response),
    });
  }
}

const isOurs = (error: unknown) => error instanceof PlanwrightError || error instanceof UnreachableError;

/** Milliseconds before the request is sent again; null where it is not. */
function waitBefore(error: unknown, failures: number, repeatable: boolean): number | null {
  const jitter = Math.random() * FIRST_WAIT_MS * 2 ** failures;
  if (error instanceof UnreachableError && error.status === null) return repeatable ? jitter : null;
  if (!(error instanceof PlanwrightError) || error.retryAfterMs === null) return null;
  // Active runs take their time: that is for a person to know, not to be waited for in silence.
  if (error.problem.code === 'too_many_runs' || error.retryAfterMs > LONGEST_WAIT_MS) return null;
  return error.retryAfterMs + jitter;
}

/** Undefined where a text is not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `Retry-After` in seconds, as Planwright sends it; a date or nonsense counts as none. */
function retryAfterOf(response: Response): number | null {
  const seconds = response.headers.get('retry-after');
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : null;
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
