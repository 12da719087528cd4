import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '@planwright/contracts';
import { RUN_END_TYPES } from '@planwright/contracts';
import type { Connection } from '../connections.js';
import type { Batch } from '../feed/channel-feed.js';
import { pause } from '../feed/follow.js';
import type { Follower } from '../feed/follow.js';
import { merge } from '../feed/merge.js';
import type { NotifierSettings } from '../settings.js';

/** How long a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 1_000;
/** How often a full connection is looked at, in milliseconds. */
const LOOK_MS = 20;

const encoded = new WeakMap<Batch, string[]>();

/** The events of a batch as server-sent events, made once for all followers that are sent it. */
function messagesOf(batch: Batch): readonly string[] {
  let messages = encoded.get(batch);
  if (!messages) {
    messages = merge(batch.events).map(
      (event) => `id: ${event.epoch}:${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
    );
    encoded.set(batch, messages);
  }
  return messages;
}

const isRunEnd = (event: LiveEvent | undefined): boolean => RUN_END_TYPES.some((type) => type === event?.type);

/**
 * One client on an event stream. Heartbeats are events with a name, as a comment would be invisible to the client's code.
 * The stream ends after the end of the run, and only then does its end mean anything.
 */
export class EventStream implements Follower, Connection {
  private readonly gone = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly closed: Promise<void>;

  constructor(
    private readonly response: ServerResponse,
    private readonly channel: string,
    private readonly settings: Pick<NotifierSettings, 'heartbeatMs' | 'highWaterBytes' | 'slowMs'>,
  ) {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
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

  async events(batch: Batch): Promise<void> {
    for (const message of messagesOf(batch)) {
      await this.room();
      if (this.gone.signal.aborted) return;
      this.response.write(message);
    }
    if (isRunEnd(batch.events.at(-1))) this.end();
  }

  async room(): Promise<void> {
    const { highWaterBytes, slowMs } = this.settings;
    let least = this.response.writableLength;
    let movedAtMs = performance.now();
    while (!this.gone.signal.aborted && this.response.writableLength > highWaterBytes) {
      if (this.response.writableLength < least) {
        least = this.response.writableLength;
        movedAtMs = performance.now();
      }
      if (performance.now() - movedAtMs > slowMs) {
        this.response.destroy();
        return;
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

  private say(event: string, data: object): void {
    if (!this.response.writableEnded) this.response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private end(): void {
    clearInterval(this.timer);
    this.gone.abort();
    this.response.end();
  }
}
