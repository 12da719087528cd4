import type { IncomingHttpHeaders } from 'node:http';
import type { ClientFrame, ServerFrame } from '@planwright/contracts';
import { CLOSE_CODES, LIVE_SUBPROTOCOL } from '@planwright/contracts';
import { withoutSecrets } from '@planwright/runtime';
import type { WebSocket } from 'ws';
import { admitTicket, admitUpgrade, tooLate } from '../access/admission.js';
import type { Admitted } from '../access/admission.js';
import type { BearerWatch } from '../access/bearer-watch.js';
import type { Connection } from '../connections.js';
import type { Batch } from '../feed/channel-feed.js';
import { follow, pause } from '../feed/follow.js';
import type { FollowChannel } from '../feed/follow-channel.js';
import type { Pace } from '../feed/pace.js';
import type { Auth, Log } from '../ports.js';
import type { NotifierSettings } from '../settings.js';
import { encode, eventFrames, readFrame } from './frames.js';
import type { Outflow } from './outflow.js';
import type { Rounds, Visited } from './rounds.js';

export interface LiveSocketParts {
  auth: Auth;
  bearers: BearerWatch;
  followChannel: FollowChannel;
  pace: Pace;
  rounds: Rounds;
  settings: NotifierSettings;
  log: Log;
}

/** More frames than this wait: the socket is read again when they are handled. */
const WAITING_FRAMES = 32;
/** Time a client has to answer the close of its socket, in milliseconds. */
const CLOSE_MS = 2_000;

/**
 * One client on `/v1/live`. Its frames are handled one after the other, in the order they came; each channel it follows
 * has a loop of its own. What waits for a slow client is its position in the log: its connection holds what `Outflow`
 * lets it and a frame at most, and is closed when that does not shrink.
 */
export class LiveSocket implements Connection, Visited {
  /** Resolves when the connection is no more. */
  readonly closed: Promise<void>;
  private readonly following = new Map<string, AbortController>();
  private left = false;
  private unwatch: (() => void) | undefined;
  /** For the ticket to come; later, for the close to be answered. */
  private deadline: NodeJS.Timeout | undefined;
  private handled: Promise<void>;
  private waitingFrames = 0;
  private badFrames = 0;
  private heardAtMs = performance.now();
  private beatAtMs = this.heardAtMs;
  private workspaceId: string | null = null;

  constructor(
    private readonly socket: WebSocket,
    headers: IncomingHttpHeaders,
    private readonly parts: LiveSocketParts,
    private readonly outflow: Outflow,
  ) {
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.leave();
        clearTimeout(this.deadline);
        parts.rounds.remove(this);
        resolve();
      });
    });
    socket.on('pong', (data) => {
      this.heardAtMs = performance.now();
      outflow.answered(data);
    });
    // It was answered before anybody hears of it: the answer takes room like any other.
    socket.on('ping', () => this.inTurn(() => undefined));
    // Messages are whole buffers, as long as nobody changes the socket's `binaryType`.
    socket.on('message', (data: Buffer, isBinary) => this.onMessage(data.toString(), isBinary));
    parts.rounds.add(this);
    this.handled = this.welcome(headers);
  }

  /** Sends the heartbeat when it is due, and closes the connection of a client that was silent for too long. */
  visit(nowMs: number): void {
    const { heartbeatMs, silenceMs } = this.parts.settings;
    if (nowMs - this.heardAtMs > silenceMs) return this.close(CLOSE_CODES.silent, 'silent');
    if (nowMs - this.beatAtMs < heartbeatMs) return;
    // After a process was held up there is one heartbeat, not all that were missed.
    this.beatAtMs = nowMs - ((nowMs - this.beatAtMs) % heartbeatMs);
    this.beat();
  }

  async drain(reconnectInMs: number): Promise<void> {
    this.send({ type: 'drain', reconnect_in_ms: reconnectInMs });
    const gone = new AbortController();
    void this.closed.then(() => gone.abort());
    await pause(reconnectInMs, gone.signal);
    this.close(CLOSE_CODES.drain, 'draining');
    await this.closed;
  }

  private async welcome(headers: IncomingHttpHeaders): Promise<void> {
    const { auth, log, settings } = this.parts;
    const admission = await admitUpgrade(auth, headers, log);
    if (admission.kind !== 'ticket_needed') return this.admit(admission);
    const expire = () => this.workspaceId === null && this.admit(tooLate(settings.ticketMs));
    if (!this.left) this.deadline = setTimeout(expire, settings.ticketMs);
  }

  private admit(admission: Admitted): void {
    if (admission.kind === 'refused') {
      const { code, message, close } = admission;
      this.send({ type: 'error', code, message });
      return this.close(close, code);
    }
    if (this.left) return;
    clearTimeout(this.deadline);
    const { bearer } = admission;
    this.workspaceId = bearer.workspaceId;
    this.unwatch = this.parts.bearers.watch(bearer, () => {
      this.send({ type: 'error', code: 'unauthenticated', message: 'The key or token has expired or was revoked.' });
      this.close(CLOSE_CODES.unauthenticated, 'unauthenticated');
    });
    const { heartbeatMs, silenceMs } = this.parts.settings;
    const seconds = { heartbeat_seconds: heartbeatMs / 1_000, idle_timeout_seconds: silenceMs / 1_000 };
    this.send({ type: 'welcome', protocol: LIVE_SUBPROTOCOL, ...seconds });
  }

  private onMessage(data: string, isBinary: boolean): void {
    this.heardAtMs = performance.now();
    this.inTurn(() => this.onFrame(data, isBinary));
  }

  private inTurn(handle: () => Promise<void> | void): void {
    this.waitingFrames += 1;
    if (this.waitingFrames > WAITING_FRAMES) this.socket.pause();
    this.handled = this.handled
      .then(handle)
      .catch((error: unknown) => this.parts.log.error({ err: error }, 'a frame could not be handled'))
      // Its answer waits here if the client does not read: no further one joins it.
      .then(() => this.outflow.roomToAnswer(() => this.close(CLOSE_CODES.slow, 'too slow')))
      .finally(() => {
        this.waitingFrames -= 1;
        if (this.socket.isPaused && this.waitingFrames === 0) this.socket.resume();
      });
  }

  private async onFrame(data: string, isBinary: boolean): Promise<void> {
    if (this.left) return;
    const read = readFrame(data, isBinary);
    if (this.workspaceId === null) {
      const ticket = read.ok && read.frame.type === 'authenticate' ? read.frame.ticket : null;
      return this.admit(await admitTicket(this.parts, ticket));
    }
    if (!read.ok) {
      this.badFrames += 1;
      this.send({ type: 'error', code: 'bad_frame', message: withoutSecrets(read.reason) });
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
        const message = 'This socket needs no ticket: it has been let in already.';
        return this.send({ type: 'error', code: 'unauthenticated', message });
      }
    }
  }

  private missing(channel: string): void {
    this.send({ type: 'error', code: 'not_found', message: `There is no channel ${channel}.`, channel });
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
    if (!followed) return this.missing(channel);
    if (this.left) return followed.release();

    const end = new AbortController();
    const { signal } = end;
    this.following.set(channel, end);
    const { feed, first, release } = followed;
    if (!first.reset) {
      this.send({ type: 'subscribed', channel, epoch: first.epoch, seq: first.seq, recovered: epoch !== undefined });
    }
    const onSlow = () => this.close(CLOSE_CODES.slow, 'too slow');
    const follower = {
      room: () => this.outflow.room(signal, onSlow),
      reset: (batch: Batch) => {
        if (!signal.aborted) this.send({ type: 'reset', channel, epoch: batch.epoch, seq: batch.seq });
      },
      events: (batch: Batch, lagging: boolean) =>
        this.outflow.send(eventFrames(channel, batch, lagging), signal, onSlow),
      missing: () => {
        this.unsubscribe(channel);
        this.missing(channel);
      },
    };
    void follow(feed, first, follower, { pace, signal })
      .catch((error: unknown) => log.error({ err: error, channel }, 'a channel is no longer followed'))
      .finally(release);
  }

  /** Ends every loop of this socket. */
  private leave(): void {
    this.left = true;
    this.unwatch?.();
    for (const end of this.following.values()) end.abort();
  }

  private beat(): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.outflow.together(() => {
      this.send({ type: 'heartbeat', ts: new Date().toISOString() });
      // Answered by the client's WebSocket itself, also in a browser tab whose timers sleep.
      this.socket.ping();
    });
  }

  private send(frame: ServerFrame): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(encode(frame));
  }

  private close(code: number, reason: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.leave();
    this.socket.close(code, reason);
    // A client that does not answer, or does not read what lies before the close frame, is cut off.
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.socket.terminate(), CLOSE_MS);
  }
}
