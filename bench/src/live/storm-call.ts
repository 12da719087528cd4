import { connect } from 'node:net';
import { LIVE_SUBPROTOCOL } from '@planwright/contracts';

/** What the calls of a storm count. Times are in milliseconds. */
export interface StormTally {
  /** From the first moment of the storm until a request was with the kernel of the server's machine. */
  asked: number[];
  /** From a request to its 503. */
  refusedAfter: number[];
  refused: number;
  refusedWithRetryAfter: number;
  /** Calls that ended otherwise than open or refused. */
  failed: number;
}

/** A WebSocket's first request, by hand: a client library takes longer over it than the server does. */
const upgrade = (host: string): string =>
  [
    'GET /v1/live HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    `Sec-WebSocket-Protocol: ${LIVE_SUBPROTOCOL}`,
    '\r\n',
  ].join('\r\n');

/** A text as one frame of a client, under a mask that changes nothing; less than 126 bytes. */
function clientFrame(frame: object): Buffer {
  const text = Buffer.from(JSON.stringify(frame));
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]);
}

/** One client that wants to follow a channel, and comes back when it is told to. */
export class StormCall {
  /** Its first request was answered, one way or the other. */
  answered = false;
  following = false;

  constructor(
    private readonly address: { hostname: string; port: number },
    private readonly channel: string,
    private readonly tally: StormTally,
  ) {}

  /** The first call is timed from `begunAt`. */
  call(begunAt?: number): void {
    const { hostname, port } = this.address;
    const wire = connect({ port, host: hostname });
    let askedAt = performance.now();
    let heard = '';
    let over = false;
    wire.once('connect', () => {
      askedAt = performance.now();
      wire.write(upgrade(`${hostname}:${port}`));
      if (begunAt !== undefined) this.tally.asked.push(askedAt - begunAt);
    });
    wire.on('error', () => undefined);
    wire.on('data', (data) => {
      if (this.following || over) return;
      heard += data.toString('latin1');
      this.answered = true;
      if (heard.startsWith('HTTP/1.1 503') && heard.includes('\r\n\r\n')) {
        over = true;
        this.refusedAt(performance.now() - askedAt, heard);
        wire.destroy();
      } else if (heard.includes('"welcome"')) {
        heard = '';
        wire.write(clientFrame({ type: 'subscribe', channel: this.channel }));
      } else if (heard.includes('"type":"events"')) {
        heard = '';
        this.following = true;
      }
    });
    wire.once('close', () => {
      if (over) return;
      this.following = false;
      this.tally.failed += 1;
      setTimeout(() => this.call(), 500);
    });
  }

  private refusedAt(afterMs: number, answer: string): void {
    const seconds = Number(/^retry-after: (\d+)\r$/im.exec(answer)?.[1] ?? 0);
    this.tally.refused += 1;
    this.tally.refusedAfter.push(afterMs);
    if (seconds > 0) this.tally.refusedWithRetryAfter += 1;
    setTimeout(() => this.call(), (seconds || 1) * 1_000 * (1 + Math.random() / 2));
  }
}
