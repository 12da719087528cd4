import type { RunLiveEvent } from '@planwright/contracts';
import { PlanwrightError, UnreachableError } from './problem-error.js';
import type { Requester } from './request.js';
import { parseEventStream } from './sse.js';

/** A place in a run's log: the last event that was seen. */
export interface Position {
  epoch: string;
  seq: number;
}

export interface FollowOptions {
  /** Ends the following and closes its connection; the generator then ends without an error. */
  signal?: AbortSignal | undefined;
  /** Where to go on; default from the first event. */
  from?: Position | undefined;
  /** Told before each wait for the next connection; `failures` counts those in a row that brought nothing. */
  onReconnect?: ((waitMs: number, failures: number) => void) | undefined;
  /** Without a byte for this long the connection counts as dead. Default 50,000: twice the server's heartbeat. */
  silenceMs?: number | undefined;
  /** Longest wait after a first failure; doubles with each further one up to 20 s. Default 500. */
  firstWaitMs?: number | undefined;
}

/**
 * What a follower gets: an event, or the news that the log began anew. After a `reset` the events come again from the
 * first, under another epoch: clear what is shown, or use `reduceRun`, which can take events twice.
 */
export type Followed = { type: 'event'; event: RunLiveEvent } | { type: 'reset' };

const ENDS: ReadonlySet<string> = new Set(['complete', 'partial', 'failed', 'cancelled']);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** A server may ask for a longer wait, up to this. */
const LONGEST_ASKED_WAIT_MS = 300_000;
const SILENCE_MS = 50_000;

/**
 * Follows a run to its end: events in order, none twice, none missing, through lost connections.
 *
 * Ends after the run's own end, when everything was read before (`from` is the last event), or by `signal`. A closed
 * connection is not an end, nor are a dead network, an answer of 5xx or 429, or an `error` event: the next connection goes
 * on at the last event. Every other refusal (a wrong key, no such run) throws `PlanwrightError`.
 *
 * A chunk that the server merged may begin before the last event (`from_seq`); its `offset` says which text is new.
 */
export async function* followRun(
  requester: Requester,
  runId: string,
  options: FollowOptions = {},
): AsyncGenerator<Followed> {
  const { signal, firstWaitMs = FIRST_WAIT_MS } = options;
  let position = options.from;
  let failures = 0;
  while (!signal?.aborted) {
    let askedWaitMs = 0;
    try {
      for await (const heard of connection(requester, runId, position, options)) {
        if (signal?.aborted) return;
        switch (heard.type) {
          case 'over':
            return;
          case 'drain':
            askedWaitMs = heard.waitMs;
            break;
          case 'alive':
            failures = 0;
            break;
          case 'reset':
            position = undefined;
            yield heard;
            break;
          case 'event': {
            const { event } = heard;
            if (position?.epoch === event.epoch) {
              if (event.seq <= position.seq) break;
              if (firstSeq(event) > position.seq + 1) throw new UnreachableError('The event stream has a gap.');
            } else if (position) {
              yield { type: 'reset' };
            }
            position = { epoch: event.epoch, seq: event.seq };
            failures = 0;
            yield heard;
            if (ENDS.has(event.type)) return;
          }
        }
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (isFinal(error)) throw error;
      if (error instanceof PlanwrightError || error instanceof UnreachableError) askedWaitMs = error.retryAfterMs ?? 0;
    }
    if (signal?.aborted) return;
    const longestMs = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** failures++);
    // Full jitter: many followers of one server do not come back at one instant.
    const waitMs = Math.min(askedWaitMs, LONGEST_ASKED_WAIT_MS) + Math.random() * longestMs;
    options.onReconnect?.(waitMs, failures);
    await pause(waitMs, signal);
  }
}

/** What a connection brings: `over`: nothing further will come; `alive`: a sign of life without news. */
type Heard = Followed | { type: 'over' } | { type: 'alive' } | { type: 'drain'; waitMs: number };

/** One connection: until it ends, breaks, or stays silent for too long. Leaves nothing open, however it is left. */
async function* connection(
  requester: Requester,
  runId: string,
  position: Position | undefined,
  { signal, silenceMs = SILENCE_MS }: FollowOptions,
): AsyncGenerator<Heard> {
  const own = new AbortController();
  const abort = () => own.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const asking = requester.raw('GET', `/v1/runs/${encodeURIComponent(runId)}/events`, {
      headers: {
        accept: 'text/event-stream',
        ...(position && { 'last-event-id': `${position.epoch}:${position.seq}` }),
      },
      signal: own.signal,
    });
    const response = await within(silenceMs, asking);
    if (response.status === 204) {
      yield { type: 'over' };
      return;
    }
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      throw new UnreachableError('The answer is not an event stream.');
    }
    for await (const { event, data } of parseEventStream(bytesOf(response.body, silenceMs))) {
      const heard = heardOf(event, data);
      if (heard === 'error') return;
      yield heard;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    own.abort();
  }
}

/**
 * Live events carry their place in the log; everything else is about the connection. After an `error` the server ends the
 * stream; whether it helps to come back is what its answer to the next request says.
 */
function heardOf(name: string, data: string): Heard | 'error' {
  if (name === 'error') return 'error';
  if (name === 'reset') return { type: 'reset' };
  if (name === 'heartbeat') return { type: 'alive' };
  const value = JSON.parse(data) as Partial<RunLiveEvent> & { reconnect_in_ms?: unknown };
  if (name === 'drain') return { type: 'drain', waitMs: Number(value.reconnect_in_ms) || 0 };
  if (typeof value.epoch === 'string' && typeof value.seq === 'number' && typeof value.type === 'string') {
    return { type: 'event', event: value as RunLiveEvent };
  }
  return { type: 'alive' };
}

async function* bytesOf(body: ReadableStream<Uint8Array>, silenceMs: number): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function firstSeq(event: RunLiveEvent): number {
  return (event.type === 'chunk' ? event.from_seq : undefined) ?? event.seq;
}

/** Refusals that a new connection would meet again. */
function isFinal(error: unknown): boolean {
  const status =
    error instanceof PlanwrightError ? error.problem.status : error instanceof UnreachableError ? error.status : null;
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** The result, or an error when it takes longer. Only the time of waiting counts, not that of a slow reader. */
function within<T>(ms: number, result: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new UnreachableError(`Nothing was heard for ${ms} ms.`)), ms);
    void result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
