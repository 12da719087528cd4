import type { RunLiveEvent, ServerFrame } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL } from '@planwright/contracts';
import { WebSocket } from 'ws';

/** What a crowd counts, over all of its members. Times are in milliseconds. */
export interface Tally {
  /** From the append of an event to its arrival, for those that came on a standing connection. */
  delays: number[];
  /** The same for events that were appended while their reader was away. */
  replayed: number[];
  /** From the loss of a connection, or from being sent away, to being level with the log again. */
  away: number[];
  /** When a connection that was lost was asked for again the first time, on this machine's clock. */
  returns: number[];
  /** Wanted connections that were refused with 503, and those of them that were told when to come back. */
  refused: number;
  refusedWithRetryAfter: number;
  /** Attempts that ended otherwise than open or refused. */
  failed: number;
  duplicates: number;
  gaps: number;
  resets: number;
  frames: number;
  events: number;
}

export const emptyTally = (): Tally => ({
  ...{ delays: [], replayed: [], away: [], returns: [] },
  ...{ refused: 0, refusedWithRetryAfter: 0, failed: 0, duplicates: 0, gaps: 0, resets: 0, frames: 0, events: 0 },
});

/** Longest pause before a member asks again, in milliseconds. */
const BACK_OFF_MS = 500;
/** Instants ride in the text of chunks, as `@{ms since 1970}@`. */
const STAMP = /@(\d+\.?\d*)@/;
export const stamp = (): string => `@${(performance.timeOrigin + performance.now()).toFixed(2)}@`;
const now = (): number => performance.timeOrigin + performance.now();

/** One reader of one channel over WebSocket, over however many connections. */
export class Member {
  /** Text as it was written, by section. */
  readonly texts = new Map<string, string>();
  ended = false;
  level = false;
  socket: WebSocket | undefined;
  private position: { epoch: string; seq: number } | undefined;
  private leftAt: number | undefined;
  private subscribedTo = 0;
  private connectedAt = 0;

  constructor(
    private readonly channel: string,
    private readonly urls: () => readonly string[],
    private readonly tally: Tally,
  ) {}

  /**
   * Keeps a connection until the run is over or `leave` is called. As behind a balancer: an address that does not answer
   * or answers 503 is passed over at once, and only where none takes it the member waits.
   */
  connect(): void {
    const urls = this.urls();
    const first = Math.floor(Math.random() * urls.length);
    this.tryAt([...urls.slice(first), ...urls.slice(0, first)], 0);
  }

  private tryAt([url = '', ...others]: readonly string[], waitS: number): void {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, LIVE_SUBPROTOCOL, {
      perMessageDeflate: false,
      handshakeTimeout: 30_000,
    });
    this.socket = socket;
    let opened = false;
    socket.on('open', () => (opened = true));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (request, response) => {
      const wait = Number(response.headers['retry-after']);
      if (response.statusCode === 503) this.tally.refused += 1;
      if (response.statusCode === 503 && wait > 0) this.tally.refusedWithRetryAfter += 1;
      request.destroy();
      if (others.length > 0) this.tryAt(others, Math.max(wait, waitS));
      else this.again(socket, (Math.max(wait, waitS) || 1) * 1_000 * (1 + Math.random() / 2));
    });
    socket.on('message', (data: Buffer) => this.read(JSON.parse(data.toString()) as ServerFrame));
    socket.on('close', (code) => {
      if (!this.level && code !== 4200) this.tally.failed += 1;
      if (socket === this.socket && !opened && others.length > 0) return this.tryAt(others, waitS);
      this.again(socket, code === 4200 ? 0 : Math.random() * BACK_OFF_MS);
    });
  }

  /** Loses the connection without a goodbye, and comes back after this time. */
  cut(forMs: number): void {
    const { socket } = this;
    if (!socket || this.ended) return;
    this.again(socket, forMs);
  }

  leave(): void {
    this.ended = true;
    this.socket?.terminate();
  }

  private again(socket: WebSocket, afterMs: number): void {
    if (socket !== this.socket) return;
    this.socket = undefined;
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    socket.terminate();
    if (this.level) this.leftAt = now();
    this.level = false;
    if (this.ended) return;
    setTimeout(() => {
      if (this.ended) return;
      this.tally.returns.push(now());
      this.connect();
    }, afterMs);
  }

  private read(frame: ServerFrame): void {
    const { tally, position } = this;
    switch (frame.type) {
      case 'welcome':
        this.connectedAt = now();
        this.socket?.send(
          JSON.stringify({
            type: 'subscribe',
            channel: this.channel,
            ...(position && { epoch: position.epoch, after: position.seq }),
          }),
        );
        return;
      case 'subscribed':
        this.subscribedTo = frame.seq;
        if ((position?.seq ?? 0) >= frame.seq) this.arrived();
        return;
      case 'reset':
        tally.resets += 1;
        this.position = undefined;
        this.texts.clear();
        this.subscribedTo = frame.seq;
        return;
      case 'events':
        tally.frames += 1;
        for (const event of frame.events) this.apply(event as RunLiveEvent);
        if ((this.position?.seq ?? 0) >= this.subscribedTo) this.arrived();
        return;
      default:
        return;
    }
  }

  private arrived(): void {
    if (this.level) return;
    this.level = true;
    if (this.leftAt !== undefined) this.tally.away.push(now() - this.leftAt);
    this.leftAt = undefined;
  }

  private apply(event: RunLiveEvent): void {
    const { tally } = this;
    const known = this.position?.seq ?? 0;
    const first = 'from_seq' in event && event.from_seq !== undefined ? event.from_seq : event.seq;
    tally.events += event.seq - first + 1;
    if (event.seq <= known) return void (tally.duplicates += 1);
    if (first !== known + 1 || (this.position && this.position.epoch !== event.epoch)) tally.gaps += 1;
    this.position = { epoch: event.epoch, seq: event.seq };
    if (event.type === 'section_started') this.texts.set(event.section_id, '');
    if (event.type === 'section_complete') this.texts.set(event.section_id, event.content);
    if (event.type === 'complete') this.ended = true;
    if (event.type !== 'chunk') return;
    const text = this.texts.get(event.section_id) ?? '';
    this.texts.set(event.section_id, text + event.content.slice(Math.max(0, text.length - event.offset)));
    const written = STAMP.exec(event.content)?.[1];
    if (written === undefined) return;
    const delay = now() - Number(written);
    (Number(written) < this.connectedAt ? tally.replayed : tally.delays).push(delay);
  }
}
