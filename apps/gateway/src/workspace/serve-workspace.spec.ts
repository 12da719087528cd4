import 'reflect-metadata';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { problem } from '@planwright/contracts';
import { createLogger } from '@planwright/runtime';
import { Admission } from '../auth/admission.js';
import { createHttpAdapter, HTTP_APP_OPTIONS, prepareHttp } from '../http/server.js';
import { Public } from '../auth/caller.js';

@Public()
@Controller('/v1/things')
class ThingsController {
  @Get()
  get() {
    return { fine: true };
  }
}

/** Everybody is let in. */
const admission = { provide: Admission, useValue: { admit: async () => undefined } };

@Module({ controllers: [ThingsController], providers: [admission] })
class ThingsModule {}

const PAGE = '<!doctype html><title>Planwright</title>';
const SCRIPT = 'console.log("planwright")';
const FILES = {
  'index.html': PAGE,
  'index.html.gz': gzipSync(PAGE),
  'favicon.svg': '<svg/>',
  'assets/index-3f2a.js': SCRIPT,
  'assets/index-3f2a.js.map': '{}',
  'assets/index-3f2a.js.br': 'stands for what brotli made',
  'assets/index-3f2a.js.gz': gzipSync(SCRIPT),
  'assets/plain-77aa.css': 'a{}',
};

let folder: string;
let app: NestFastifyApplication;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pw-workspace-'));
  for (const [name, content] of Object.entries({ ...FILES, '../outside.txt': 'of somebody else' })) {
    const path = join(folder, 'dist', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  const options = { ...HTTP_APP_OPTIONS, logger: false as const };
  app = await NestFactory.create<NestFastifyApplication>(ThingsModule, createHttpAdapter(), options);
  prepareHttp(app, { auth: 'off', workspace: join(folder, 'dist'), log: createLogger('gateway', 'silent') });
  await app.listen(0, '127.0.0.1');
  port = Number(new URL(await app.getUrl()).port);
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

/** By Node's own client, which sends a path as it stands. */
async function ask(path: string, { method = 'GET', accept = 'identity', type = '*/*' } = {}) {
  const headers = { 'accept-encoding': accept, accept: type };
  const sent = request({ host: '127.0.0.1', port, path, method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) };
}

it.each([
  '/',
  '/projects',
  '/projects/new',
  '/projects/0199f3a2/plan/prd',
  '/usage',
  '/settings',
  '/settings/webhooks',
])('the page is at %s', async (path) => {
  const { status, headers, body } = await ask(path);
  expect([status, body.toString(), headers['content-type']]).toEqual([200, PAGE, 'text/html; charset=utf-8']);
  expect(headers['cache-control']).toBe('no-cache');
  expect(headers['etag']).toBeDefined();
});

it('the page can run its own scripts alone, and be framed by nobody', async () => {
  const { headers } = await ask('/');
  const policy = String(headers['content-security-policy']).split('; ');
  expect(policy).toEqual(
    expect.arrayContaining([
      ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'"],
      ...["frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"],
    ]),
  );
  expect(policy.join()).not.toMatch(/unsafe|\*|data:/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': expect.any(String),
  });
});

it('a file with a hash in its name is kept for ever, any other is asked for again', async () => {
  const script = await ask('/assets/index-3f2a.js');
  expect([script.status, script.body.toString()]).toEqual([200, SCRIPT]);
  expect(script.headers).toMatchObject({
    'content-type': 'application/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect((await ask('/favicon.svg')).headers['cache-control']).toBe('no-cache');
});

it.each([
  ['br, gzip', '/assets/index-3f2a.js', 'br'],
  ['gzip', '/assets/index-3f2a.js', 'gzip'],
  ['gzip;q=0', '/assets/index-3f2a.js', undefined],
  ['br, gzip', '/assets/plain-77aa.css', undefined],
  ['br, gzip', '/usage', 'gzip'],
])('to whoever takes %s, %s is sent as %s', async (accept, path, encoding) => {
  const { status, headers, body } = await ask(path, { accept });
  expect([status, headers['content-encoding']]).toEqual([200, encoding]);
  expect(headers['vary']).toMatch(/accept-encoding/i);
  expect(headers['content-type']).toMatch(/^(application\/javascript|text\/css|text\/html); charset=utf-8$/);
  if (encoding === 'br') expect(body.toString()).toBe(FILES['assets/index-3f2a.js.br']);
});

it.each(['/', '/assets/index-3f2a.js'])('HEAD of %s is what GET is, without the body', async (path) => {
  const [head, get] = [await ask(path, { method: 'HEAD' }), await ask(path)];
  expect([head.status, head.body.length]).toEqual([200, 0]);
  const { date: _, ...headers } = head.headers;
  expect(get.headers).toMatchObject(headers);
});

it.each([
  '/assets/index-0000.js',
  '/assets/',
  '/assets/index-3f2a.js.map',
  '/index.html',
  '/somewhere',
  '/projectsandmore',
  '/../outside.txt',
  '/assets/../../outside.txt',
  '/%2e%2e/outside.txt',
  '/assets/..%2f..%2foutside.txt',
])('%s is not found, as a problem', async (path) => {
  const { status, headers, body } = await ask(path);
  expect([status, headers['content-type']]).toEqual([404, expect.stringMatching(/^application\/problem\+json/)]);
  expect(problem.parse(JSON.parse(body.toString())).code).toBe('not_found');
});

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

it.each(['/somewhere', '/projectsandmore', '/projects2/1'])(
  'a browser at %s gets the page, as not found',
  async (path) => {
    const { status, headers, body } = await ask(path, { type: BROWSER });
    expect([status, body.toString(), headers['content-type']]).toEqual([404, PAGE, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['cache-control']).toBe('no-cache');
  },
);

it.each(['/v1/nothing', '/assets/index-0000.js'])(
  'what is for programs is a problem to browsers, too: %s',
  async (path) => {
    const { status, headers } = await ask(path, { type: BROWSER });
    expect([status, headers['content-type']]).toEqual([404, expect.stringMatching(/^application\/problem\+json/)]);
  },
);

it('nothing outside the folder is shown, whatever a path says', async () => {
  for (const path of ['/projects/../outside.txt', '/projects/..%2f..%2foutside.txt', '//outside.txt']) {
    expect((await ask(path)).body.toString()).not.toContain('of somebody else');
  }
});

it('the API is where it was', async () => {
  const { status, body } = await ask('/v1/things');
  expect([status, body.toString()]).toEqual([200, '{"fine":true}']);
});
