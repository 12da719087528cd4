import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { pause } from '../feed/follow.js';
import type { NotifierSettings } from '../settings.js';

/** How often a full connection is looked at, in milliseconds. */
const LOOK_MS = 20;
/** After so many bytes of events the client is asked whether it has read them. */
const ASK_BYTES = 64 * 1024;

/**
 * What one socket sends: frames that are made once for many sockets, within fixed memory for each.
 *
 * The kernels of both sides would take megabytes for a client that reads nothing, and say nothing of it. So every 64 KiB
 * of events end with a WebSocket ping that carries the number of bytes sent so far. Its pong, which browsers send by
 * themselves, says that they were read. The connection is full while too much waits here or was not read there.
 *
 * Frames go to the wire as they are, beside the WebSocket and not through it: it would make a header for each of them
 * anew. That is safe as long as it sends at once whatever it is given, which `ws` does without compression.
 */
export class Outflow {
  private sent = 0;
  private askedAfter = 0;
  private read = 0;
  private waiting = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    private readonly wire: Duplex,
    private readonly settings: Pick<NotifierSettings, 'highWaterBytes' | 'unreadBytes' | 'slowMs'>,
  ) {}

  /** What the client answered a ping. */
  answered(pong: Buffer): void {
    const read = Number(pong.toString());
    if (read > this.read && read <= this.sent) this.read = read;
  }

  get full(): boolean {
    return this.wire.writableLength > this.settings.highWaterBytes || this.sent - this.read > this.settings.unreadBytes;
  }

  /**
   * Resolves when no more waits here than may, or the socket closes: for answers to what the client sends. It is not
   * read meanwhile and neither are its pongs, so what it has read does not count.
   */
  async roomToAnswer(onSlow: () => void): Promise<void> {
    let least = Number.POSITIVE_INFINITY;
    let movedAtMs = performance.now();
    while (this.wire.writableLength > this.settings.highWaterBytes && this.socket.readyState === this.socket.OPEN) {
      if (this.wire.writableLength < least) {
        least = this.wire.writableLength;
        movedAtMs = performance.now();
      }
      if (performance.now() - movedAtMs > this.settings.slowMs) return onSlow();
      await sleep(LOOK_MS);
    }
  }

  /** Sends frames as there is room, in turn with others that do, so that many channels don't fill the connection at once. */
  send(frames: readonly Buffer[], signal: AbortSignal, onSlow: () => void): Promise<void> | null {
    for (const [i, frame] of frames.entries()) {
      if (signal.aborted) return null;
      if (this.waiting > 0 || this.full) return this.sendInTurn(frames.slice(i), signal, onSlow);
      this.write(frame);
    }
    return null;
  }

  /** Resolves when the connection is not full; null where it is not. One that takes nothing for too long is told. */
  room(signal: AbortSignal, onSlow: () => void): Promise<void> | null {
    return this.full ? this.untilRoom(signal, onSlow) : null;
  }

  /** What is written meanwhile goes out at once. */
  together(write: () => void): void {
    this.wire.cork();
    write();
    this.wire.uncork();
  }

  private async untilRoom(signal: AbortSignal, onSlow: () => void): Promise<void> {
    let { read } = this;
    let least = this.wire.writableLength;
    let movedAtMs = performance.now();
    while (!signal.aborted && this.full) {
      if (this.read > read || this.wire.writableLength < least) {
        read = this.read;
        least = this.wire.writableLength;
        movedAtMs = performance.now();
      }
      if (performance.now() - movedAtMs > this.settings.slowMs) {
        onSlow();
        break;
      }
      await pause(LOOK_MS, signal);
    }
  }

  /** A turn is one frame. */
  private async sendInTurn(frames: readonly Buffer[], signal: AbortSignal, onSlow: () => void): Promise<void> {
    for (const frame of frames) {
      if (signal.aborted) return;
      this.waiting += 1;
      this.turn = this.turn.then(async () => {
        await this.room(signal, onSlow);
        this.waiting -= 1;
        if (!signal.aborted) this.write(frame);
      });
      await this.turn;
    }
  }

  private write(frame: Buffer): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.wire.write(frame);
    this.sent += frame.length;
    if (this.sent - this.askedAfter < ASK_BYTES) return;
    this.askedAfter = this.sent;
    this.socket.ping(String(this.sent));
  }
}
