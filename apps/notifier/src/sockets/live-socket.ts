import type { IncomingHttpHeaders } from 'node:http';
import type { ClientFrame, ServerFrame } from '@planwright/contracts';
import { CLOSE_CODES, LIVE_SUBPROTOCOL, notLocal } from '@planwright/contracts';
import { isLocalRequest } from '@planwright/runtime';
import type { WebSocket } from 'ws';
import type { Connection } from '../connections.js';
import type { Batch } from '../feed/channel-feed.js';
import { follow, pause } from '../feed/follow.js';
import type { FollowChannel } from '../feed/follow-channel.js';
import type { Pace } from '../feed/pace.js';
import type { Auth, Log } from '../ports.js';
import type { NotifierSettings } from '../settings.js';
import { encode, eventFrames, readFrame } from './frames.js';

export interface LiveSocketParts {
  auth: Auth;
  followChannel: FollowChannel;
  pace: Pace;
  settings: NotifierSettings;
  log: Log;
}

/** More frames than this wait: the socket is read again when they are handled. */
const WAITING_FRAMES = 32;
/** Time a client has to answer the close of its socket, in milliseconds. */
const CLOSE_MS = 2_000;
/** How often a full connection is looked at, in milliseconds. */
const LOOK_MS = 20;

/**
 * One client on `/v1/live`. Its frames are handled one after the other, in the order they came; each channel it follows
 * has a loop of its own. What waits for a slow client is its position in the log: its connection holds the high-water
 * mark and a frame at most, and is closed when that does not shrink.
 */
export class LiveSocket implements Connection {
  private readonly gone = new AbortController();
  private readonly following = new Map<string, AbortController>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly closed: Promise<void>;
  private handled: Promise<void>;
  private turn: Promise<void> = Promise.resolve();
  private waitingFrames = 0;
  private badFrames = 0;
  private heardAtMs = performance.now();
  private workspaceId: string | null = null;

  constructor(
    private readonly socket: WebSocket,
    private readonly headers: IncomingHttpHeaders,
    private readonly parts: LiveSocketParts,
  ) {
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.gone.abort();
        for (const timer of this.timers) clearTimeout(timer);
        resolve();
      });
    });
    socket.on('pong', () => (this.heardAtMs = performance.now()));
    // Messages are whole buffers, as long as nobody changes the socket's `binaryType`.
    socket.on('message', (data: Buffer, isBinary) => this.onMessage(data.toString(), isBinary));
    this.timers.push(setInterval(() => this.beat(), parts.settings.heartbeatMs));
    this.timers.push(setInterval(() => this.listen(), Math.max(1, parts.settings.silenceMs / 10)));
    this.handled = this.welcome();
  }

  async drain(reconnectInMs: number): Promise<void> {
    this.send({ type: 'drain', reconnect_in_ms: reconnectInMs });
    await pause(reconnectInMs, this.gone.signal);
    this.close(CLOSE_CODES.drain, 'draining');
    await this.closed;
  }

  private async welcome(): Promise<void> {
    const { auth, settings, log } = this.parts;
    if (auth.localOnly && !isLocalRequest(this.headers)) {
      this.send({ type: 'error', code: 'forbidden', message: notLocal().detail });
      return this.close(CLOSE_CODES.forbidden, 'forbidden');
    }
    try {
      this.workspaceId = (await auth.authenticate(this.headers.authorization))?.workspaceId ?? null;
    } catch (error) {
      log.error({ err: error }, 'a socket could not be authenticated');
      this.send({
        type: 'error',
        code: 'unavailable',
        message: 'The key can not be checked right now; come back in a few seconds.',
      });
      return this.close(CLOSE_CODES.overloaded, 'unavailable');
    }
    if (this.workspaceId === null) {
      const message = 'A valid key is required: send `Authorization: Bearer <API key>` with the upgrade.';
      this.send({ type: 'error', code: 'unauthenticated', message });
      return this.close(CLOSE_CODES.unauthenticated, 'unauthenticated');
    }
    const { heartbeatMs, silenceMs } = settings;
    const seconds = { heartbeat_seconds: heartbeatMs / 1_000, idle_timeout_seconds: silenceMs / 1_000 };
    this.send({ type: 'welcome', protocol: LIVE_SUBPROTOCOL, ...seconds });
  }

  private onMessage(data: string, isBinary: boolean): void {
    this.heardAtMs = performance.now();
    this.waitingFrames += 1;
    if (this.waitingFrames > WAITING_FRAMES) this.socket.pause();
    this.handled = this.handled
      .then(() => this.onFrame(data, isBinary))
      .catch((error: unknown) => this.parts.log.error({ err: error }, 'a frame could not be handled'))
      .finally(() => {
        this.waitingFrames -= 1;
        if (this.socket.isPaused && this.waitingFrames === 0) this.socket.resume();
      });
  }

  private async onFrame(data: string, isBinary: boolean): Promise<void> {
    if (this.gone.signal.aborted || this.workspaceId === null) return;
    const read = readFrame(data, isBinary);
    if (!read.ok) {
      this.badFrames += 1;
      this.send({ type: 'error', code: 'bad_frame', message: read.reason });
      if (this.badFrames >= this.parts.settings.badFrames) this.close(CLOSE_CODES.badFrame, 'bad frames');
      return;
    }
    this.badFrames = 0;
    const { frame } = read;
    switch (frame.type) {
      case 'ping':
        return this.send({ type: 'pong' });
      case 'subscribe':
        return this.subscribe(this.workspaceId, frame);
      case 'unsubscribe':
        return this.unsubscribe(frame.channel);
      case 'authenticate': {
        const message = 'Tickets are not issued here: send `Authorization: Bearer <API key>` with the upgrade.';
        return this.send({ type: 'error', code: 'unauthenticated', message });
      }
    }
  }

  private unsubscribe(channel: string): void {
    this.following.get(channel)?.abort();
    this.following.delete(channel);
  }

  private async subscribe(workspaceId: string, frame: Extract<ClientFrame, { type: 'subscribe' }>): Promise<void> {
    const { channel, epoch, after = 0 } = frame;
    const { followChannel, settings, pace, log } = this.parts;
    // Again for the same channel: from the new position.
    this.unsubscribe(channel);
    if (this.following.size >= settings.channelsPerSocket) {
      const message = `A socket follows at most ${settings.channelsPerSocket} channels: unsubscribe from one, or open another socket.`;
      return this.send({ type: 'error', code: 'too_many_channels', message, channel });
    }
    const followed = await followChannel.execute(workspaceId, channel, { epoch, after }).catch((error: unknown) => {
      log.warn({ err: error, channel }, 'channel could not be opened');
      return 'unavailable' as const;
    });
    if (followed === 'unavailable') {
      const message = 'The live feed does not answer right now: subscribe again in a few seconds.';
      return this.send({ type: 'error', code: 'unavailable', message, channel });
    }
    if (!followed)
      return this.send({ type: 'error', code: 'not_found', message: `There is no channel ${channel}.`, channel });
    if (this.gone.signal.aborted) return followed.release();

    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.gone.signal]);
    this.following.set(channel, end);
    const { feed, first, release } = followed;
    if (!first.reset) {
      this.send({ type: 'subscribed', channel, epoch: first.epoch, seq: first.seq, recovered: epoch !== undefined });
    }
    const follower = {
      room: () => this.room(signal),
      reset: (batch: Batch) => {
        if (!signal.aborted) this.send({ type: 'reset', channel, epoch: batch.epoch, seq: batch.seq });
      },
      events: (batch: Batch) => this.sendEvents(channel, batch, signal),
    };
    void follow(feed, first, follower, { pace, signal })
      .catch((error: unknown) => log.error({ err: error, channel }, 'a channel is no longer followed'))
      .finally(release);
  }

  private async sendEvents(channel: string, batch: Batch, signal: AbortSignal): Promise<void> {
    for (const frame of eventFrames(channel, batch)) {
      // In turn, so that many channels don't fill the connection at once.
      this.turn = this.turn.then(async () => {
        await this.room(signal);
        if (!signal.aborted) this.socket.send(frame);
      });
      await this.turn;
      if (signal.aborted) return;
    }
  }

  /** Resolves when less than the high-water mark waits; closes a connection that takes nothing for too long. */
  private async room(signal: AbortSignal): Promise<void> {
    const { highWaterBytes, slowMs } = this.parts.settings;
    let least = this.socket.bufferedAmount;
    let movedAtMs = performance.now();
    while (!signal.aborted && this.socket.bufferedAmount > highWaterBytes) {
      const waiting = this.socket.bufferedAmount;
      if (waiting < least) {
        least = waiting;
        movedAtMs = performance.now();
      }
      if (performance.now() - movedAtMs > slowMs) return this.close(CLOSE_CODES.slow, 'too slow');
      await pause(LOOK_MS, signal);
    }
  }

  private beat(): void {
    this.send({ type: 'heartbeat', ts: new Date().toISOString() });
    // Answered by the client's WebSocket itself, also in a browser tab whose timers sleep.
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  private listen(): void {
    if (performance.now() - this.heardAtMs > this.parts.settings.silenceMs) this.close(CLOSE_CODES.silent, 'silent');
  }

  private send(frame: ServerFrame): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(encode(frame));
  }

  private close(code: number, reason: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.gone.abort();
    this.socket.close(code, reason);
    // A client that does not answer, or does not read what lies before the close frame, is cut off.
    this.timers.push(setTimeout(() => this.socket.terminate(), CLOSE_MS));
  }
}
