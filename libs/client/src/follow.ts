import { isGap } from '@planwright/contracts/live';
import type { Connect, Position } from './connection.js';
import { ClosedError, ENDS, httpPathOf, UnusableError } from './connection.js';
import { eventStream } from './event-stream.js';
import type { LiveEvent, RunEvent } from './events.js';
import { isAtEnd, pages } from './pages.js';
import { pause } from './pause.js';
import { PlanwrightError, UnreachableError } from './problem-error.js';
import type { Requester } from './request.js';
import { socket } from './socket.js';
import { onWake } from './wake.js';

/** How events come: over a WebSocket, server-sent events, or pages of JSON asked for one after the other. */
export type Transport = 'websocket' | 'sse' | 'poll';

export interface FollowOptions {
  /** Ends the following and closes its connection; the generator then ends without an error. */
  signal?: AbortSignal | undefined;
  /** Where to go on; default from the first event. */
  from?: Position | undefined;
  /**
   * Default `auto`: a WebSocket, and where none can be made server-sent events, then pages. A client with a `ticket` and
   * no `apiKey` stays with WebSockets: over HTTP it would be refused for good.
   */
  transport?: Transport | 'auto' | undefined;
  /** Told when the server has taken a connection. */
  onConnected?: ((transport: Transport) => void) | undefined;
  /** Told before each wait for the next connection; `failures` counts those in a row that brought nothing. */
  onReconnect?: ((waitMs: number, failures: number) => void) | undefined;
  /** Without a byte for this long the connection counts as dead. Default: twice the server's heartbeat, 50,000. */
  silenceMs?: number | undefined;
  /** Longest wait after a first failure; doubles with each further one up to 20 s. Default 500. */
  firstWaitMs?: number | undefined;
}

/**
 * What a follower gets: an event, or the news that the log began anew. After a `reset` the events come again from the
 * first: clear what is shown, or use `reduceRun`, which can take events twice, on `{...view, epoch: null, seq: 0}`.
 */
export type Followed<Event = RunEvent> = { type: 'event'; event: Event } | { type: 'reset' };

export const FIRST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 20_000;
/** A server may ask for a longer wait, up to this. */
const LONGEST_ASKED_WAIT_MS = 300_000;
/** After so many failures in a row another transport may be tried, even if this one has worked before. */
const DOUBTFUL_FAILURES = 4;

const CONNECT: Readonly<Record<Transport, Connect>> = { websocket: socket, sse: eventStream, poll: pages as Connect };

/**
 * Follows a channel: events in order, none twice, none missing, through lost connections and from one transport to the
 * next. A run's channel ends after the run's own end, or when everything was read before (`from` is the last event); the
 * others end by `signal` alone.
 *
 * A closed connection is not an end, nor are a dead network, an answer of 5xx or 429, or an `error` event: the next
 * connection goes on at the last event. Waits between connections are drawn at random and end at once when a page is
 * looked at again or its network is back. Every other refusal (a wrong key, no such run, a close code of 40xx) throws
 * `PlanwrightError`.
 *
 * A chunk that the server merged may begin before the last event (`from_seq`); its `offset` says which text is new.
 */
export async function* followChannel<Event extends LiveEvent>(
  requester: Requester,
  channel: string,
  options: Omit<FollowOptions, 'from'> & { from?: Position | 'now' | undefined } = {},
): AsyncGenerator<Followed<Event>> {
  const { signal = new AbortController().signal, firstWaitMs = FIRST_WAIT_MS, silenceMs } = options;
  const { ticket, apiKey } = requester.options;
  const hasNoKey = ticket !== undefined && apiKey === undefined;
  const transports = transportsOf(channel, hasNoKey, options.transport);
  let chosen = 0;
  /** The chosen transport has worked. */
  let proven = false;
  let position = options.from;
  let failures = 0;
  while (!signal.aborted) {
    const transport = transports[chosen] ?? 'websocket';
    let askedWaitMs = 0;
    let drainedAtMs = 0;
    let atOnce = false;
    let usable: boolean = proven;
    try {
      const parts = { requester, channel, position, signal, silenceMs };
      for await (const heard of CONNECT[transport]<Event>(parts)) {
        if (signal.aborted) return;
        // The headers of a stream prove nothing yet: some proxies keep back what follows.
        usable ||= heard.type !== 'open' || transport !== 'sse';
        switch (heard.type) {
          case 'over':
            return;
          case 'open':
            if (transport !== 'sse' && position === options.from && (await isAtEnd(parts).catch(unknownIfFinal)))
              return;
            position = heard.at ?? position;
            options.onConnected?.(transport);
            break;
          case 'drain':
            drainedAtMs = Date.now();
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
            if (typeof position === 'object' && position.epoch === event.epoch) {
              if (event.seq <= position.seq) break;
              if (isGap(position, event)) throw new UnreachableError('The event stream has a gap.');
            } else if (typeof position === 'object') {
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
      if (signal.aborted) return;
      if (error instanceof UnusableError) {
        if (transports.length === 1) throw error.cause instanceof Error ? error.cause : error;
        usable = false;
      } else if (isFinal(error)) {
        throw error;
      } else if (error instanceof PlanwrightError || error instanceof UnreachableError) {
        askedWaitMs = error.retryAfterMs ?? 0;
        // Planwright's own answer says that it can be reached this way.
        usable ||= error instanceof PlanwrightError || askedWaitMs > 0;
      } else {
        atOnce = error instanceof ClosedError;
      }
    }
    if (signal.aborted) return;
    proven = usable && failures < DOUBTFUL_FAILURES;
    if (!proven) {
      chosen = (chosen + 1) % transports.length;
      if (chosen > 0) continue;
    }
    const longestMs = atOnce && failures === 0 ? 0 : Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** failures);
    failures += 1;
    // Who is told to come back in a while has used up some of it while the server still served.
    if (drainedAtMs > 0) askedWaitMs = Math.max(0, askedWaitMs - (Date.now() - drainedAtMs));
    // Full jitter: many followers of one server do not come back at one instant.
    const leastMs = Math.min(askedWaitMs, LONGEST_ASKED_WAIT_MS);
    const moreMs = Math.random() * longestMs;
    options.onReconnect?.(leastMs + moreMs, failures);
    if (leastMs > 0) await pause(leastMs, signal);
    await pause(moreMs, signal, onWake);
  }
}

function transportsOf(channel: string, hasNoKey: boolean, asked: FollowOptions['transport'] = 'auto'): Transport[] {
  if (asked !== 'auto') return [asked];
  return hasNoKey || httpPathOf(channel) === null ? ['websocket'] : ['websocket', 'sse', 'poll'];
}

/** Who comes with a ticket alone may not ask whether the run is over: what follows tells. */
function unknownIfFinal(error: unknown): false {
  if (isFinal(error)) return false;
  throw error;
}

/** Refusals that a new connection would meet again. */
export function isFinal(error: unknown): boolean {
  const status =
    error instanceof PlanwrightError ? error.problem.status : error instanceof UnreachableError ? error.status : null;
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
}
