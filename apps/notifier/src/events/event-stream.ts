import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { LiveEvent } from '@planwright/contracts';
import { RUN_END_TYPES } from '@planwright/contracts';
import type { Connection } from '../connections.js';
import type { Batch } from '../feed/channel-feed.js';
import { pause } from '../feed/follow.js';
import type { Follower } from '../feed/follow.js';
import { merge } from '../feed/merge.js';
import type { NotifierSettings } from '../settings.js';
import type { FastifyReply } from 'fastify';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};
/** How long a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 1_000;
/** How often a full connection is looked at, in milliseconds. */
const LOOK_MS = 20;

const whole = new WeakMap<Batch, Buffer[]>();
const shortened = new WeakMap<Batch, Buffer[]>();

/** The events of a batch as server-sent events, made once for all followers that are sent it. */
function messagesOf(batch: Batch, lagging: boolean): readonly Buffer[] {
  const made = lagging ? shortened : whole;
  let messages = made.get(batch);
  if (!messages) {
    messages = merge(batch.events, { snapshots: lagging }).map((event) =>
      Buffer.from(`id: ${event.epoch}:${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    );
    made.set(batch, messages);
  }
  return messages;
}

const isRunEnd = (event: LiveEvent | undefined): boolean => RUN_END_TYPES.some((type) => type === event?.type);

/**
 * A stream that says nothing but when to come back. An error status would make an `EventSource` give up for good, where
 * this makes it wait and connect again.
 */
export async function sendAway(reply: FastifyReply, reconnectInMs: number): Promise<void> {
  const drain = JSON.stringify({ reconnect_in_ms: reconnectInMs });
  const text = `retry: ${reconnectInMs}\nevent: drain\ndata: ${drain}\n\n`;
  await reply.headers({ ...HEADERS, connection: 'close' }).send(text);
}

/**
 * One client on an event stream. Heartbeats are events with a name, as a comment would be invisible to the client's code.
 * The stream ends after the end of the run, and only then does its end mean anything.
 */
export class EventStream implements Follower, Connection {
  private readonly gone = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly closed: Promise<void>;

  constructor(
    private readonly response: ServerResponse,
    private readonly channel: string,
    private readonly settings: Pick<NotifierSettings, 'heartbeatMs' | 'highWaterBytes' | 'slowMs'>,
    /** What every answer has. */
    headers: Record<string, string | number | string[] | undefined> = {},
  ) {
    // Gone while the channel was opened: nothing would tell of it any more.
    if (response.destroyed) {
      this.gone.abort();
      this.closed = Promise.resolve();
      return;
    }
    response.writeHead(200, { ...(headers as OutgoingHttpHeaders), ...HEADERS });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.timer = setInterval(() => this.say('heartbeat', { ts: new Date().toISOString() }), settings.heartbeatMs);
    this.closed = once(response, 'close').then(() => {
      clearInterval(this.timer);
      this.gone.abort();
    });
  }

  /** Aborts when the client has gone, or was sent away. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  reset(batch: Batch): void {
    this.say('reset', { channel: this.channel, epoch: batch.epoch, seq: batch.seq });
  }

  events(batch: Batch, lagging: boolean): Promise<void> | null {
    return this.write(messagesOf(batch, lagging), isRunEnd(batch.events.at(-1)));
  }

  room(): Promise<void> | null {
    return this.full ? this.untilRoom() : null;
  }

  private get full(): boolean {
    return this.response.writableLength > this.settings.highWaterBytes;
  }

  private async untilRoom(): Promise<void> {
    let least = this.response.writableLength;
    let movedAtMs = performance.now();
    while (!this.gone.signal.aborted && this.full) {
      if (this.response.writableLength < least) {
        least = this.response.writableLength;
        movedAtMs = performance.now();
      }
      if (performance.now() - movedAtMs > this.settings.slowMs) {
        this.response.destroy();
        break;
      }
      await pause(LOOK_MS, this.gone.signal);
    }
  }

  async drain(reconnectInMs: number): Promise<void> {
    this.say('drain', { reconnect_in_ms: reconnectInMs });
    await pause(reconnectInMs, this.gone.signal);
    this.end();
    await this.closed;
  }

  /** Ends the stream in the middle: the client comes back with its position. */
  cut(): void {
    this.end();
  }

  /** As cut: who comes back is told that there is no such channel. */
  missing(): void {
    this.end();
  }

  private write(messages: readonly Buffer[], isLast: boolean): Promise<void> | null {
    for (const [i, message] of messages.entries()) {
      if (this.gone.signal.aborted) return null;
      const room = this.room();
      if (room) return room.then(() => this.write(messages.slice(i), isLast) ?? undefined);
      this.response.write(message);
    }
    if (isLast) this.end();
    return null;
  }

  private say(event: string, data: object): void {
    if (!this.response.writableEnded && !this.response.destroyed)
      this.response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private end(): void {
    clearInterval(this.timer);
    this.gone.abort();
    this.response.end();
  }
}
