import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { problem } from '@planwright/contracts';
import { createLogger, newId } from '@planwright/runtime';
import { Admission } from '../auth/admission.js';
import { forwardLive } from './forward.js';
import { createHttpAdapter, HTTP_APP_OPTIONS, prepareHttp } from './server.js';

@Controller('/v1/things')
class ThingsController {
  @Get(':id')
  get() {
    return { fine: true };
  }
}

/** Everybody is let in: these tests are about what comes before and behind that. */
const admission = { provide: Admission, useValue: { admit: async () => undefined } };

@Module({ controllers: [ThingsController], providers: [admission] })
class ThingsModule {}

let notifier: Server;
const forwarded: IncomingMessage[] = [];
const apps: NestFastifyApplication[] = [];
let open: number;
let locked: number;

async function start(auth: 'off' | 'required'): Promise<number> {
  const app = await NestFactory.create<NestFastifyApplication>(ThingsModule, createHttpAdapter(), {
    ...HTTP_APP_OPTIONS,
    logger: false,
  });
  apps.push(app);
  prepareHttp(app, { auth, log: createLogger('gateway', 'silent') });
  await forwardLive(app, `http://localhost:${(notifier.address() as AddressInfo).port}`);
  await app.listen(0, '127.0.0.1');
  return Number(new URL(await app.getUrl()).port);
}

beforeAll(async () => {
  notifier = createServer((request, response) => {
    forwarded.push(request);
    response.end('{}');
  });
  notifier.on('upgrade', (request, socket) => {
    forwarded.push(request);
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });
  notifier.listen(0, '127.0.0.1');
  await once(notifier, 'listening');
  open = await start('off');
  locked = await start('required');
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  notifier.closeAllConnections();
  notifier.close();
});
beforeEach(() => forwarded.splice(0));

/** A request as it stands, since every client corrects what is wrong with one. */
async function raw(head: string, port = open) {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('error', () => undefined);
  socket.write(`${head}\r\n\r\n`);
  for await (const part of socket.setEncoding('utf8')) {
    text += part;
    const [, length = '0'] = /^content-length: (\d+)/im.exec(text) ?? [];
    const end = text.indexOf('\r\n\r\n');
    if (end > 0 && text.length >= end + 4 + Number(length)) break;
  }
  const [top = '', body = ''] = text.split('\r\n\r\n');
  const [line = '', ...fields] = top.split('\r\n');
  const headers = new Headers(fields.map((field) => field.split(/: (.*)/, 2) as [string, string]));
  return { status: Number(line.split(' ')[1]), headers, body };
}

const HOST = 'host: 127.0.0.1';

describe('what is refused before a handler is a problem, too', () => {
  it.each([
    ['a path of wrong encoding', `GET /v1/things/%zz HTTP/1.1\r\n${HOST}`, 400, 'invalid_request'],
    ['a path that is no UTF-8', `GET /v1/things/%c0%80 HTTP/1.1\r\n${HOST}`, 400, 'invalid_request'],
    ['a part longer than any id', `GET /v1/things/${'x'.repeat(200)} HTTP/1.1\r\n${HOST}`, 400, 'invalid_request'],
    ['a method there is not', `FOO /v1/things/1 HTTP/1.1\r\n${HOST}`, 400, 'invalid_request'],
    ['a method of another protocol', `MKCALENDAR /v1/things/1 HTTP/1.1\r\n${HOST}`, 404, 'not_found'],
    ['no HTTP', 'hello', 400, 'invalid_request'],
    [
      'headers of 17 KiB',
      `GET /v1/things/1 HTTP/1.1\r\n${HOST}\r\nx-a: ${'x'.repeat(17_000)}`,
      431,
      'headers_too_large',
    ],
    ['a path of 9 KB', `GET /v1/things/1?${'x'.repeat(9_000)} HTTP/1.1\r\n${HOST}`, 414, 'uri_too_long'],
    ['a path of 17 KB', `GET /v1/things/1?${'x'.repeat(17_000)} HTTP/1.1\r\n${HOST}`, 414, 'uri_too_long'],
    ['a path upwards', `GET /v1/runs/%2e%2e/events HTTP/1.1\r\n${HOST}`, 400, 'invalid_request'],
    ['an id that is none', `GET /v1/runs/7/events HTTP/1.1\r\n${HOST}`, 400, 'invalid_request'],
    ['a path below', `GET /v1/runs/${newId()}/events/%2e%2e HTTP/1.1\r\n${HOST}`, 404, 'not_found'],
    ['a path below the sockets', `GET /v1/live/%2e%2e%2fruns HTTP/1.1\r\n${HOST}`, 404, 'not_found'],
    ['another method of the events', `POST /v1/runs/${newId()}/events HTTP/1.1\r\n${HOST}`, 405, 'method_not_allowed'],
  ])('%s', async (_what, head, status, code) => {
    const answer = await raw(head);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(problem.parse(JSON.parse(answer.body))).toMatchObject({
      status,
      code,
      request_id: expect.stringMatching(/./),
    });
    expect(forwarded).toEqual([]);
  });

  it('and names the id before it is forwarded', async () => {
    const { body } = await raw(`GET /v1/runs/%2e%2e/events HTTP/1.1\r\n${HOST}`);
    expect(JSON.parse(body)).toMatchObject({ errors: [{ pointer: '{id}' }] });
  });

  it('says which methods there are, HEAD with GET', async () => {
    const { headers } = await raw(`PUT /v1/projects HTTP/1.1\r\n${HOST}`);
    expect(headers.get('allow')).toBe('POST, GET, HEAD');
  });
});

const UPGRADE = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13';
const SOCKET = `${UPGRADE}\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==`;

describe('without keys', () => {
  const events = () => `/v1/runs/${newId()}/events`;
  it.each([
    ['another host', '/v1/things/1', 'host: evil.example:3000'],
    ['another origin', '/v1/things/1', `${HOST}\r\norigin: http://evil.example`],
    ['a page without origin', '/v1/things/1', `${HOST}\r\norigin: null`],
    ['another host, of events', events(), 'host: evil.example'],
    ['another origin, of events', events(), `${HOST}\r\norigin: http://evil.example`],
    ['another host, where nothing is', '/nowhere', 'host: evil.example'],
    ['another host, of a socket', '/v1/live', `host: evil.example\r\n${SOCKET}`],
    ['another origin, of a socket', '/v1/live', `${HOST}\r\norigin: https://evil.example\r\n${SOCKET}`],
  ])('%s is refused', async (_what, path, headers) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\n${headers}`);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'forbidden', advice: expect.stringContaining('localhost') });
    expect(forwarded).toEqual([]);
  });

  it.each([
    ['localhost', '/v1/things/1', 'host: localhost:3000', 0],
    ['a page of this machine', '/v1/things/1', `${HOST}\r\norigin: http://localhost:5173`, 0],
    ['events', events(), `host: [::1]:3000\r\norigin: http://127.0.0.1`, 1],
    ['a socket', '/v1/live', `${HOST}\r\norigin: http://localhost\r\n${SOCKET}`, 1],
  ])('%s is answered; what is forwarded names a loopback host', async (_what, path, headers, calls) => {
    const { status } = await raw(`GET ${path} HTTP/1.1\r\n${headers}`);
    expect([101, 200]).toContain(status);
    // A socket is open before its other half is.
    while (forwarded.length < calls) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(forwarded.map((request) => request.headers.host?.split(':')[0])).toEqual(Array(calls).fill('localhost'));
  });
});

it('with keys a deployment has any name', async () => {
  const headers = 'host: plan.example.org\r\norigin: https://app.example.org';
  expect((await raw(`GET /v1/things/1 HTTP/1.1\r\n${headers}`, locked)).status).toBe(200);
});

it.each(['/v1/things/1', '/%761/things/1', '/v1/nowhere'])('nobody stores the answer of %s', async (path) => {
  expect((await raw(`GET ${path} HTTP/1.1\r\n${HOST}`)).headers.get('cache-control')).toBe('no-store');
});

it.each(['/', '/docs/'])('%s leads to the API page', async (path) => {
  const { status, headers } = await raw(`GET ${path} HTTP/1.1\r\n${HOST}`);
  expect([status, headers.get('location')]).toEqual([302, '/docs']);
});
