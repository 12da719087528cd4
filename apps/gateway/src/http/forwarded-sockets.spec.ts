import 'reflect-metadata';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { Admission } from '../auth/admission.js';
import { forwardLive } from './forward.js';
import { createHttpAdapter, HTTP_APP_OPTIONS, prepareHttp } from './server.js';

@Module({ providers: [{ provide: Admission, useValue: {} }] })
class NothingModule {}

let notifier: WebSocketServer;
let gateway: NestFastifyApplication;
let url: string;
const readers: WebSocket[] = [];
beforeAll(async () => {
  notifier = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(notifier, 'listening');
  const options = { ...HTTP_APP_OPTIONS, logger: false as const };
  gateway = await NestFactory.create<NestFastifyApplication>(NothingModule, createHttpAdapter(), options);
  prepareHttp(gateway, { auth: 'off', log: createLogger('gateway', 'silent') });
  await forwardLive(gateway, `http://127.0.0.1:${(notifier.address() as AddressInfo).port}`);
  await gateway.listen(0, '127.0.0.1');
  url = `${(await gateway.getUrl()).replace('http', 'ws')}/v1/live`;
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.terminate();
});
afterAll(async () => {
  await gateway.close();
  notifier.close();
});

/** A reader, and its socket at the notifier. */
async function connect(options: object = {}): Promise<{ reader: WebSocket; told: WebSocket & { _socket: Socket } }> {
  const reader = new WebSocket(url, options);
  readers.push(reader);
  const [[told]] = await Promise.all([once(notifier, 'connection'), once(reader, 'open')]);
  return { reader, told: told as WebSocket & { _socket: Socket } };
}
const closed = async (socket: WebSocket) => ((await once(socket, 'close')) as [number])[0];

it.each([
  ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ['ends', (socket: Socket) => socket.destroy()],
])('a notifier whose connection %s is one that comes back, and no refusal', async (_how, end) => {
  const { reader, told } = await connect();
  const code = closed(reader);
  end(told._socket);
  expect([1011, 1012]).toContain(await code);
});

it('what the notifier says at the end is what the reader hears', async () => {
  const { reader, told } = await connect();
  const code = closed(reader);
  told.close(4108, 'too slow');
  expect(await code).toBe(4108);
});

it('a reader answers pings itself, and nobody else does for it', async () => {
  const { reader, told } = await connect({ autoPong: false });
  let pongs = 0;
  told.on('pong', () => pongs++);
  const pinged = once(reader, 'ping');
  told.ping('1');
  await pinged;
  // Whatever the gateway had answered would have come before this.
  const echoed = once(told, 'message');
  reader.send('after');
  await echoed;
  expect(pongs).toBe(0);
  const answered = once(told, 'pong');
  reader.pong('1');
  await answered;
});

it('a frame nobody takes is refused before it is passed on', async () => {
  const { reader, told } = await connect();
  const passed: unknown[] = [];
  told.on('message', (data) => passed.push(data));
  const code = closed(reader);
  reader.send('x'.repeat(64 * 1024 + 1));
  expect(await code).toBe(1009);
  expect(passed).toEqual([]);
});

it('a reader that left while the notifier was being reached leaves nobody behind', async () => {
  const before = notifier.clients.size;
  for (let i = 0; i < 20; i++) {
    const reader = new WebSocket(url);
    reader.on('error', () => undefined);
    reader.once('open', () => reader.terminate());
    await once(reader, 'close');
  }
  await waitFor(() => notifier.clients.size <= before, { what: 'the sockets at the notifier to be closed' });
});
