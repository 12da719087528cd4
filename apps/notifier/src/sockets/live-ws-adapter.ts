import { WsAdapter } from '@nestjs/platform-ws';
import { CLOSE_CODES } from '@planwright/contracts';
import type { WebSocket, WebSocketServer } from 'ws';

/** Time a client has to answer the close of its socket. */
const CLOSE_MS = 500;

/**
 * Nest's adapter for `ws` on the application's own HTTP server, with three things left out: it reads no frames (each
 * `LiveSocket` does, one after the other, where the adapter handles them side by side and drops what it does not know),
 * it does not log what clients do wrong, and it does not cut sockets off without a close frame.
 */
export class LiveWsAdapter extends WsAdapter {
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
