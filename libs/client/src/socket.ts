import type { ConnectionParts, Heard, Position } from './connection.js';
import { ClosedError, SILENCE_MS, UnusableError, within } from './connection.js';
import { FeedError, PlanwrightError, UnreachableError } from './problem-error.js';
import { parsed } from './request.js';
import type { Requester } from './request.js';
import { onWake } from './wake.js';

const SUBPROTOCOL = 'planwright.v1';
/** Time for a socket to be welcomed, in milliseconds: some networks swallow upgrades. */
const CONNECT_MS = 10_000;
/** Time for a sign of life after a page woke, in milliseconds. */
const WAKE_MS = 5_000;
const BACK_OFF_MS = 1_000;

type Frame<Event> =
  | { type: 'welcome'; heartbeat_seconds?: number }
  | ({ type: 'subscribed' } & Position)
  | { type: 'events'; events: Event[] }
  | { type: 'reset' | 'heartbeat' | 'pong' | 'unreadable' }
  | { type: 'drain'; reconnect_in_ms: number }
  | { type: 'error'; code: string; message: string };

/** A connection over a WebSocket that follows this one channel. */
export async function* socket<Event>(parts: ConnectionParts): AsyncGenerator<Heard<Event>> {
  const { requester, channel, position, signal } = parts;
  const ticket = await ticketOf(requester, signal);
  const Socket = requester.options.WebSocket ?? globalThis.WebSocket;
  if (!Socket) throw new UnusableError('There is no WebSocket here.');
  if (signal.aborted) return;
  const line = new Socket(`${requester.base.replace(/^http/, 'ws')}/v1/live`, SUBPROTOCOL);
  const frames: Frame<Event>[] = [];
  let closed: { code: number; reason: string } | undefined;
  let ring = () => {};
  let silenceMs = Math.min(parts.silenceMs ?? CONNECT_MS, CONNECT_MS);
  let limitMs = silenceMs;
  const say = (frame: object) => {
    if (line.readyState === line.OPEN) line.send(JSON.stringify(frame));
  };
  const subscribe = (at?: Position) =>
    say({ type: 'subscribe', channel, ...(at && { epoch: at.epoch, after: at.seq }) });
  line.onopen = () => {
    if (ticket !== undefined) say({ type: 'authenticate', ticket });
    subscribe(position === 'now' ? undefined : position);
  };
  line.onmessage = ({ data }) => {
    frames.push((parsed(String(data)) ?? { type: 'unreadable' }) as Frame<Event>);
    ring();
  };
  line.onerror = () => undefined;
  line.onclose = (close) => {
    closed = close;
    ring();
  };
  const abort = () => ring();
  signal.addEventListener('abort', abort);
  const asleep = onWake(() => {
    limitMs = Math.min(limitMs, WAKE_MS);
    say({ type: 'ping' });
    ring();
  });
  /** What comes was there before `now`. */
  let skipping = position === 'now';
  let newest: Position | undefined;
  let refusal: { code: string; message: string } | undefined;
  try {
    for (;;) {
      const frame = frames.shift();
      if (signal.aborted) return;
      if (frame === undefined) {
        if (closed) throw errorOf(closed, refusal);
        await within(limitMs, new Promise<void>((resolve) => (ring = resolve)));
        continue;
      }
      limitMs = silenceMs;
      switch (frame.type) {
        case 'welcome':
          limitMs = silenceMs = parts.silenceMs ?? ((frame.heartbeat_seconds ?? 0) * 2_000 || SILENCE_MS);
          break;
        case 'subscribed': {
          const isFirst = skipping && newest === undefined;
          newest ??= { epoch: frame.epoch, seq: frame.seq };
          if (isFirst && frame.seq > 0) {
            // From there, instead of everything before it.
            subscribe(newest);
            break;
          }
          skipping = false;
          yield { type: 'open', ...(position === 'now' && { at: newest }) };
          break;
        }
        case 'events':
          if (!skipping) for (const event of frame.events) yield { type: 'event', event };
          break;
        case 'reset':
          skipping = false;
          yield { type: 'open' };
          yield { type: 'reset' };
          break;
        case 'heartbeat':
          say({ type: 'ping' });
          yield { type: 'alive' };
          break;
        case 'drain':
          yield { type: 'drain', waitMs: frame.reconnect_in_ms };
          break;
        case 'error':
          refusal = frame;
          if (frame.code === 'unavailable') throw new UnreachableError(frame.message, { retryAfterMs: BACK_OFF_MS });
          if (STATUS_OF[frame.code] !== undefined) throw refused(frame, null);
          break;
        case 'unreadable':
          throw new UnreachableError('A frame is not JSON.');
        default:
          // An answer to a ping, or a type this release does not know.
          break;
      }
    }
  } finally {
    asleep();
    signal.removeEventListener('abort', abort);
    line.onopen = line.onmessage = line.onclose = null;
    line.close();
  }
}

const STATUS_OF: Readonly<Record<string, number | undefined>> = {
  bad_frame: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  too_many_channels: 429,
};

function refused({ code, message }: { code: string; message: string }, closeCode: number | null): FeedError {
  const status = STATUS_OF[code] ?? 400;
  const type = `https://planwright.dev/problems/${code}`;
  // Not every code of the feed is one of HTTP.
  const problem = { type, title: message, status, code, detail: message, advice: '' } as FeedError['problem'];
  return new FeedError(problem, closeCode);
}

/** 40xx: stop; 41xx: back off; 42xx: at once; all others: as after any cut. */
function errorOf(close: { code: number; reason: string }, refusal: { code: string; message: string } | undefined) {
  const { code, reason } = close;
  const said = `The live feed closed the connection with ${code}${reason && `: ${reason}`}.`;
  const range = Math.floor(code / 100);
  if (range === 40) return refused(refusal ?? { code: 'unauthenticated', message: said }, code);
  if (range === 41) return new UnreachableError(said, { retryAfterMs: BACK_OFF_MS });
  return range === 42 ? new ClosedError(said) : new UnreachableError(said);
}

async function ticketOf(requester: Requester, signal: AbortSignal): Promise<string | undefined> {
  const { ticket, apiKey } = requester.options;
  if (ticket) return ticket();
  if (apiKey === undefined) return undefined;
  try {
    const response = await requester.raw('POST', '/v1/realtime/tickets', { signal });
    return ((await response.json()) as { ticket: string }).ticket;
  } catch (error) {
    const status = error instanceof PlanwrightError ? error.problem.status : 0;
    throw status === 404 || status === 405
      ? new UnusableError('This server issues no tickets.', { cause: error })
      : error;
  }
}
