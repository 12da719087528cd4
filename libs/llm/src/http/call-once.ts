import type { ProviderEvent } from '@planwright/contracts';

/** A call as the SDKs make it. */
interface Answer<T> {
  withResponse(): Promise<{ data: AsyncIterable<T> & { controller: AbortController }; response: Response }>;
}

/** A call, and what becomes of each part of it. */
export interface Call<T> {
  start(): Answer<T>;
  /** Told as soon as the headers are there; throws where they are of no stream. */
  accept(response: Response): ProviderEvent;
  read(events: AsyncIterable<T>): AsyncIterable<ProviderEvent>;
  /** What an error means, and is thrown for it. */
  failureOf(error: unknown): unknown;
}

/**
 * Calls once and reads to the end mark. Once `signal` aborts, nothing is called any more, the connection is closed, and
 * whatever breaks is thrown as the abort that it is.
 */
export async function* callOnce<T>(signal: AbortSignal, call: Call<T>): AsyncGenerator<ProviderEvent> {
  signal.throwIfAborted();
  let hangUp: (() => void) | undefined;
  try {
    const { data, response } = await call.start().withResponse();
    hangUp = () => data.controller.abort();
    yield call.accept(response);
    yield* call.read(data);
  } catch (error) {
    signal.throwIfAborted();
    throw call.failureOf(error);
  } finally {
    // Also for a reader who leaves early, even before the first event. Nothing is left to close behind the last one.
    hangUp?.();
  }
}
