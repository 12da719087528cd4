import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

const METHOD = 1;
const FRAME_END = 0xce;
const CONNECTION = 10;
const BLOCKED = 60;
const UNBLOCKED = 61;

/**
 * A proxy in front of RabbitMQ that can say in the server's name that publishers are blocked, as the server does when
 * memory or disk run short (`connection.blocked` of its AMQP extension). The real alarm can't be raised from outside.
 */
export interface BlockingProxy {
  url: string;
  /** Tells every connection; one that never publishes does not mind. */
  block(reason: string): void;
  unblock(): void;
  close(): Promise<void>;
}

export async function startBlockingProxy(target: string): Promise<BlockingProxy> {
  const { hostname, port } = new URL(target);
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port || 5672) });
    client.pipe(upstream).pipe(client);
    clients.add(client);
    for (const socket of [client, upstream]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        clients.delete(client);
        client.destroy();
        upstream.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Between two messages of the server there is no half frame on the way.
  const tell = (frame: Buffer): void => clients.forEach((client) => void client.write(frame));
  return {
    url: url.href,
    block: (reason) => tell(method(BLOCKED, Buffer.from([reason.length, ...Buffer.from(reason)]))),
    unblock: () => tell(method(UNBLOCKED, Buffer.alloc(0))),
    close: async () => {
      for (const client of clients) client.destroy();
      await once(server.close(), 'close');
    },
  };
}

/** A method frame on channel 0. */
function method(id: number, fields: Buffer): Buffer {
  const frame = Buffer.alloc(11 + fields.length + 1);
  frame.writeUInt8(METHOD, 0);
  frame.writeUInt32BE(4 + fields.length, 3);
  frame.writeUInt16BE(CONNECTION, 7);
  frame.writeUInt16BE(id, 9);
  fields.copy(frame, 11);
  frame.writeUInt8(FRAME_END, frame.length - 1);
  return frame;
}
