import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What a PostgreSQL that can't be had on a test machine would say: one that wants another password, or an old one. */
export type Script = { refuse: { code: string; message: string } } | { version: string };

/** Speaks just enough of protocol 3 for a client's start-up and one `SHOW`. */
export async function startScriptedServer(script: Script): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      if ('refuse' in script) {
        const { code, message } = script.refuse;
        socket.end(packet('E', text('SFATAL'), text('VFATAL'), text(`C${code}`), text(`M${message}`), Buffer.alloc(1)));
        return;
      }
      socket.write(Buffer.concat([packet('R', int32(0)), packet('Z', Buffer.from('I'))]));
      socket.on('data', (data) => {
        if (data[0] !== 'Q'.charCodeAt(0)) return;
        const value = Buffer.from(script.version);
        const column = [text('server_version'), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)];
        socket.write(
          Buffer.concat([
            packet('T', int16(1), ...column),
            packet('D', int16(1), int32(value.length), value),
            packet('C', text('SHOW')),
            packet('Z', Buffer.from('I')),
          ]),
        );
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

function packet(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}
const text = (value: string) => Buffer.from(`${value}\0`);
function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}
function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}
