import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { CLOSE_CODES, DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import type { WebSocket } from 'ws';
import type { LiveSocketParts } from './live-socket.js';
import { LiveSocket } from './live-socket.js';
import { Outflow } from './outflow.js';
import { DEFAULT_SETTINGS } from '../settings.js';

/** A socket whose client reads nothing: what is sent waits in it. */
class UnreadSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  isPaused = false;
  sent = 0;
  writableLength = 0;
  closedWith: number | null = null;

  send(text: string): void {
    this.sent += 1;
    this.writableLength += text.length;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  close(code: number): void {
    this.closedWith = code;
    this.readyState = 2;
  }
  ping(): void {}
  terminate(): void {}

  /** The client reads all there is. */
  read(): void {
    this.writableLength = 0;
  }
  ask(): void {
    this.emit('message', Buffer.from('{"type":"ping"}'), false);
  }
  /** A WebSocket ping, which is answered before anybody hears of it. */
  askBelow(): void {
    this.writableLength += 10;
    this.emit('ping', Buffer.alloc(0));
  }
}

const HIGH_WATER_BYTES = 1_000;
const ASKED = 2_000;

describe('answers that nobody reads', () => {
  const sockets: UnreadSocket[] = [];
  const open = (slowMs: number) => {
    const settings = { ...DEFAULT_SETTINGS, highWaterBytes: HIGH_WATER_BYTES, slowMs };
    const parts = {
      auth: { localOnly: true, authenticate: async () => ({ workspaceId: DEFAULT_WORKSPACE_ID }) },
      bearers: { watch: () => () => undefined },
      rounds: { add: () => undefined, remove: () => undefined },
      settings,
      log: { debug: () => undefined, warn: () => undefined, error: () => undefined },
    } as unknown as LiveSocketParts;
    const socket = new UnreadSocket();
    sockets.push(socket);
    const outflow = new Outflow(socket as unknown as WebSocket, socket as unknown as Duplex, settings);
    new LiveSocket(socket as unknown as WebSocket, { host: 'localhost' }, parts, outflow);
    return socket;
  };
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.emit('close');
  });

  it('are given so far as they fit, and the client is not read meanwhile', async () => {
    const socket = open(1_000_000);
    for (let asked = 0; asked < ASKED; asked += 1) socket.ask();
    await waitFor(() => socket.writableLength > HIGH_WATER_BYTES, { what: 'the connection to fill' });
    // What is done at once, is done by then.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.writableLength).toBeLessThan(2 * HIGH_WATER_BYTES);
    expect(socket.isPaused).toBe(true);
    expect(socket.closedWith).toBeNull();
    const reading = setInterval(() => socket.read(), 1);
    await waitFor(() => socket.sent === 1 + ASKED && !socket.isPaused, { what: 'every answer' });
    clearInterval(reading);
  });

  it('are no more where WebSocket pings ask for them', async () => {
    const socket = open(1_000_000);
    for (let asked = 0; asked < ASKED && !socket.isPaused; asked += 1) {
      socket.askBelow();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(socket.isPaused).toBe(true);
    expect(socket.writableLength).toBeLessThan(2 * HIGH_WATER_BYTES);
    socket.read();
    await waitFor(() => !socket.isPaused, { what: 'the client to be read again' });
  });

  it('close the socket when that lasts', async () => {
    const socket = open(50);
    for (let asked = 0; asked < ASKED; asked += 1) socket.ask();
    await waitFor(() => socket.closedWith !== null, { what: 'the close' });
    expect(socket.closedWith).toBe(CLOSE_CODES.slow);
    expect(socket.writableLength).toBeLessThan(2 * HIGH_WATER_BYTES);
  });
});
