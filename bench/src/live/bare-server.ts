import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { ServerFrame } from '@planwright/contracts';
import { WebSocketServer } from 'ws';
import { stamp } from './member.js';

// A WebSocket server that knows nothing and tells everybody the same, again and again: the least a delivery can cost here.

const everyMs = Number(process.env['BARE_EVERY_MS']);
const channel = 'run.0199f3a2-0000-7000-8000-000000000000';
const envelope = { v: 1 as const, channel, epoch: 'bare', ts: new Date().toISOString() };
const section = {
  run_id: channel.slice(4),
  document: 'prd',
  document_id: channel.slice(4),
  section_id: 'a',
  attempt: 1,
};
const content = (): string => `${stamp()} ${'A sentence of a plan. '.repeat(5)}`;

const wires = new Set<Socket>();
let seq = 0;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket, request) => {
  const say = (frame: ServerFrame) => socket.send(JSON.stringify(frame));
  say({ type: 'welcome', protocol: 'planwright.v1', heartbeat_seconds: 25, idle_timeout_seconds: 60 });
  socket.once('message', () => {
    say({ type: 'subscribed', channel, epoch: 'bare', seq: 0, recovered: false });
    wires.add(request.socket);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => wires.delete(request.socket));
});
await once(server, 'listening');
setInterval(() => {
  seq += 1;
  const event = { ...envelope, seq, type: 'chunk', ...section, offset: 0, content: content() };
  const text = Buffer.from(JSON.stringify({ type: 'events', channel, events: [event] }));
  // As a whole frame with a length of 16 bits (RFC 6455, 5.2).
  const frame = Buffer.concat([Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff]), text]);
  for (const wire of wires) wire.write(frame);
}, everyMs);
process.once('SIGTERM', () => process.exit());
const { port } = server.address() as AddressInfo;
process.stdout.write(`${JSON.stringify({ msg: 'bare server is ready', port })}\n`);
