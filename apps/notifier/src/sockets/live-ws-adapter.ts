import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { CLOSE_CODES, problemHeaders } from '@planwright/contracts';
import type { ServerOptions, VerifyClientCallbackAsync, WebSocket, WebSocketServer } from 'ws';
import { ConnectGuard } from '../connect-guard.js';
import { comeBack } from '../http/problem.js';

/** Time a client has to answer the close of its socket. */
const CLOSE_MS = 500;

/**
 * Nest's adapter for `ws` on the application's own HTTP server, with three things left out: it reads no frames (each
 * `LiveSocket` does, one after the other, where the adapter handles them side by side and drops what it does not know),
 * it does not log what clients do wrong, and it does not cut sockets off without a close frame. One thing is added:
 * connections that are too many are refused before their upgrade.
 */
export class LiveWsAdapter extends WsAdapter {
  private readonly guard: ConnectGuard;

  constructor(app: INestApplicationContext) {
    super(app);
    this.guard = app.get(ConnectGuard, { strict: false });
  }

  override create(port: number, options: ServerOptions) {
    const verifyClient: VerifyClientCallbackAsync = (_info, answer) => {
      const waitMs = this.guard.admit();
      if (waitMs === null) return answer(true);
      const problem = comeBack(waitMs);
      answer(false, problem.status, JSON.stringify(problem), problemHeaders(problem));
    };
    return super.create(port, { ...options, verifyClient }) as unknown;
  }

  override bindMessageHandlers(): void {}

  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (socket: WebSocket) => socket.on('error', () => undefined));
    server.on('error', (error) => this.logger.error(error));
    return server;
  }

  override async close(server: WebSocketServer): Promise<void> {
    const open = [...server.clients];
    const closed = open.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of open) socket.close(CLOSE_CODES.drain);
    const late = new Promise((resolve) => setTimeout(resolve, open.length > 0 ? CLOSE_MS : 0));
    await Promise.race([Promise.all(closed), late]);
    await super.close(server);
  }
}
