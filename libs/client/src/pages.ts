import type { ConnectionParts, Heard, Position } from './connection.js';
import { ENDS, httpPathOf, SILENCE_MS, UnusableError, within } from './connection.js';
import { pause } from './pause.js';
import { onWake } from './wake.js';

interface Page<Event> {
  epoch: string;
  seq: number;
  reset: boolean;
  events: Event[];
}

/** A server waits no longer than this for news, in seconds. */
const LONGEST_WAIT_SECONDS = 25;
/** An empty page that came sooner was not waited for: the next one is asked for in a while. */
const SOON_MS = 200;

/** A connection made of requests, one after the other: for networks that let nothing else through. */
export async function* pages<Event extends Position & { type: string }>(
  parts: ConnectionParts,
): AsyncGenerator<Heard<Event>> {
  const { requester, channel, position, signal, silenceMs = SILENCE_MS } = parts;
  const path = httpPathOf(channel);
  if (path === null || position === 'now') throw new UnusableError(`${channel} is not served over HTTP.`);
  const own = new AbortController();
  const both = AbortSignal.any([signal, own.signal]);
  const waitSeconds = Math.min(LONGEST_WAIT_SECONDS, Math.floor(silenceMs / 2_000));
  const read = async (query: string) => {
    const response = await within(silenceMs, requester.raw('GET', `${path}?${query}`, { signal: both }));
    return (await within(silenceMs, response.json())) as Page<Event>;
  };
  let at = position;
  let isOpen = false;
  try {
    for (;;) {
      const askedAtMs = Date.now();
      const since = at ? `epoch=${encodeURIComponent(at.epoch)}&after=${at.seq}&` : '';
      const page = await read(`${since}wait=${waitSeconds}`);
      if (!isOpen) yield { type: 'open' };
      isOpen = true;
      if (page.reset) yield { type: 'reset' };
      for (const event of page.events) {
        at = { epoch: event.epoch, seq: event.seq };
        yield { type: 'event', event };
      }
      yield { type: 'alive' };
      if (page.events.length > 0 || Date.now() - askedAtMs > SOON_MS) continue;
      await pause(1_000, both, onWake);
    }
  } finally {
    own.abort();
  }
}

/** Whether a position is the end of its run. Whoever comes with it has not seen which event it is, and nothing follows. */
export async function isAtEnd({ requester, channel, position, signal }: ConnectionParts): Promise<boolean> {
  const path = httpPathOf(channel);
  if (path === null || typeof position !== 'object' || position.seq === 0) return false;
  const { epoch, seq } = position;
  const query = `?epoch=${encodeURIComponent(epoch)}&after=${seq - 1}&limit=1`;
  const response = await requester.raw('GET', path + query, { signal });
  const { reset, events } = (await response.json()) as Page<{ type: string }>;
  return !reset && ENDS.has(events[0]?.type ?? '');
}
