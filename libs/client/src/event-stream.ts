import type { ConnectionParts, Heard } from './connection.js';
import { httpPathOf, SILENCE_MS, UnusableError, within } from './connection.js';
import { UnreachableError } from './problem-error.js';
import { parseEventStream } from './sse.js';
import { onWake } from './wake.js';

/** A connection that slept is given up when it was silent for longer than a heartbeat and a bit, in milliseconds. */
const SLEPT_MS = 30_000;

/** A connection over server-sent events. */
export async function* eventStream<Event>(parts: ConnectionParts): AsyncGenerator<Heard<Event>> {
  const { requester, channel, position, signal, silenceMs = SILENCE_MS } = parts;
  const path = httpPathOf(channel);
  if (path === null || position === 'now') throw new UnusableError(`${channel} is not served over HTTP.`);
  const own = new AbortController();
  let heardAtMs = Date.now();
  const asleep = onWake(() => {
    if (Date.now() - heardAtMs > SLEPT_MS) own.abort();
  });
  try {
    const asking = requester.raw('GET', path, {
      headers: {
        accept: 'text/event-stream',
        ...(position && { 'last-event-id': `${position.epoch}:${position.seq}` }),
      },
      signal: AbortSignal.any([signal, own.signal]),
    });
    const response = await within(silenceMs, asking);
    if (response.status === 204) {
      yield { type: 'over' };
      return;
    }
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      throw new UnreachableError('The answer is not an event stream.');
    }
    yield { type: 'open' };
    for await (const { event, data } of parseEventStream(bytesOf(response.body, silenceMs))) {
      heardAtMs = Date.now();
      // The server ends the stream; whether it helps to come back is what its answer to the next request says.
      if (event === 'error') return;
      yield heardOf(event, data);
    }
  } finally {
    asleep();
    own.abort();
  }
}

/** Live events carry their place in the log; everything else is about the connection. */
function heardOf<Event>(name: string, data: string): Heard<Event> {
  if (name === 'reset') return { type: 'reset' };
  if (name === 'heartbeat') return { type: 'alive' };
  const value = JSON.parse(data) as { epoch?: unknown; seq?: unknown; type?: unknown; reconnect_in_ms?: unknown };
  if (name === 'drain') return { type: 'drain', waitMs: Number(value.reconnect_in_ms) || 0 };
  const isEvent = typeof value.epoch === 'string' && typeof value.seq === 'number' && typeof value.type === 'string';
  return isEvent ? { type: 'event', event: value as Event } : { type: 'alive' };
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
