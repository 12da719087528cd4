import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * A whole HTTP answer on a connection whose request the parser gave up: there is no response object then. The connection
 * ends with it. Nothing happens where the client has gone already.
 */
export function answerOnSocket(
  socket: Duplex,
  { status, headers, body }: { status: number; headers: Record<string, string>; body: object },
): void {
  if (socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const text = JSON.stringify(body);
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${text}`, () => socket.destroy());
}
