import type { Problem } from '@planwright/contracts';
import { PlanwrightError, UnreachableError } from './problem-error.js';

export interface ClientOptions {
  /** Where Planwright answers, such as `http://127.0.0.1:3000`. */
  url: string;
  /** API key; not needed where the server runs with `PLANWRIGHT_AUTH=off`. */
  apiKey?: string | undefined;
  /** Default: the platform's own. */
  fetch?: typeof globalThis.fetch;
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Sends requests with the key; everything else of the client is built on it. */
export class Requester {
  private readonly base: string;
  private readonly send: typeof globalThis.fetch;

  constructor(private readonly options: ClientOptions) {
    this.base = options.url.replace(/\/+$/, '');
    this.send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /** The JSON of a 2xx answer. Throws `PlanwrightError` for every other, `UnreachableError` when there is none. */
  async json<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.raw(method, path, options);
    if (response.status === 204) return undefined as T;
    const text = await this.textOf(response, options.signal);
    const value = parsed(text);
    if (value === undefined) throw this.foreign(response);
    return value as T;
  }

  /** A 2xx answer as it is. Whoever takes it reads or cancels its body. */
  async raw(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { body, headers = {}, idempotencyKey, signal } = options;
    let response: Response;
    try {
      response = await this.send(this.base + path, {
        method,
        headers: {
          accept: 'application/json',
          ...(this.options.apiKey !== undefined && { authorization: `Bearer ${this.options.apiKey}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw this.noAnswer(error);
    }
    if (response.ok) return response;
    const text = await this.textOf(response, signal);
    const problem = isProblemJson(response) ? (parsed(text) as Problem | undefined) : undefined;
    if (problem === undefined) throw this.foreign(response);
    throw new PlanwrightError(problem, retryAfterOf(response));
  }

  private async textOf(response: Response, signal: AbortSignal | undefined): Promise<string> {
    try {
      return await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw this.noAnswer(error);
    }
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isProblemJson(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
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
