import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { DEFAULT_WORKSPACE_ID, eventsPage, problem } from '@planwright/contracts';
import { createInProcessLive } from '@planwright/live';
import { waitFor } from '@planwright/testing';
import { Connections } from '../connections.js';
import { Feeds } from '../feed/feeds.js';
import { readMessages } from '../contract/clients.js';
import type { Replica, ScriptedRun } from '../contract/world.js';
import { WHOLE_RUN, World } from '../contract/world.js';

const OTHER = '0199f3a2-0000-7000-8000-00000000000f';
const SSE = { accept: 'text/event-stream' };

describe('GET /v1/runs/{id}/events', () => {
  let world: World;
  let replica: Replica;
  let run: ScriptedRun;
  beforeAll(async () => {
    world = new World(createInProcessLive());
    replica = await world.replica();
  });
  beforeEach(() => {
    run = world.newRun();
  });
  afterAll(() => world.close());

  const get = (query = '', headers: Record<string, string> = {}, { id = run.id, url = replica.url } = {}) =>
    fetch(`${url}/v1/runs/${id}/events${query}`, { headers });
  const page = async (query = '') => eventsPage.parse(await (await get(query)).json());
  const playAll = async () => {
    for (const step of WHOLE_RUN) await step(run);
    return world.live.read(run.channel, { after: 0, limit: 100 });
  };

  describe('as JSON', () => {
    it('answers pages that add up to the log', async () => {
      const { epoch, events } = await playAll();
      const found = [];
      for (let after = 0; after < events.length; after += 5) {
        const part = await page(`?epoch=${epoch}&after=${after}&limit=5`);
        expect(part).toMatchObject({ channel: run.channel, epoch, seq: events.length, reset: false });
        found.push(...part.events);
      }
      expect(found).toEqual(events);
    });

    it('starts again with a position that is not of this log', async () => {
      await playAll();
      expect(await page('?epoch=other&after=4&limit=2')).toMatchObject({
        reset: true,
        events: [{ seq: 1 }, { seq: 2 }],
      });
    });

    it('waits for something new, and no longer', async () => {
      await run.start('a');
      const { epoch } = await page();
      const waiting = page(`?epoch=${epoch}&after=1&wait=20`);
      await run.write('a', 'text');
      expect(await waiting).toMatchObject({ seq: 2, events: [{ type: 'chunk', content: 'text' }] });
      expect(await page(`?epoch=${epoch}&after=2&wait=1`)).toMatchObject({ seq: 2, events: [] });
    });

    it('does not wait at the end of a run', async () => {
      const { epoch, seq } = await playAll();
      const since = performance.now();
      expect(await page(`?epoch=${epoch}&after=${seq}&wait=20`)).toMatchObject({ events: [] });
      expect(performance.now() - since).toBeLessThan(5_000);
    });

    it('is answered before its time when the process drains, on a connection that ends', async () => {
      const leaving = await world.replica({ settings: { drainMs: 50 } });
      await run.start('a');
      const { epoch } = await page();
      const waiting = get(`?epoch=${epoch}&after=1&wait=30`, {}, { url: leaving.url });
      await waitFor(() => leaving.app.get(Connections).size === 1, { what: 'the request to wait' });
      await leaving.app.close();
      world.replicas.splice(world.replicas.indexOf(leaving), 1);
      const response = await waiting;
      expect(response.headers.get('connection')).toBe('close');
      expect(eventsPage.parse(await response.json())).toMatchObject({ epoch, seq: 1, events: [] });
    });
  });

  describe('as an event stream', () => {
    it('has the headers that keep what lies between from holding it back', async () => {
      await playAll();
      const response = await get('', SSE);
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(response.headers.get('x-accel-buffering')).toBe('no');
      expect(response.headers.get('cache-control')).toContain('no-store');
      await response.text();
    });

    it('ends after the end of the run, and says 204 to who has it', async () => {
      const { epoch, seq } = await playAll();
      const text = await (await get('', SSE)).text();
      expect(text.trimEnd()).toMatch(new RegExp(`id: ${epoch}:${seq}\nevent: complete\ndata: .*$`));
      const again = await get('', { ...SSE, 'last-event-id': `${epoch}:${seq}` });
      expect(again.status).toBe(204);
      const before = await get('', { ...SSE, 'last-event-id': `${epoch}:${seq - 1}` });
      expect(await before.text()).toContain('event: complete');
    });

    it('takes the position from the query when there is no Last-Event-ID, which is stronger', async () => {
      const { epoch } = await playAll();
      expect(await (await get(`?epoch=${epoch}&after=12`, SSE)).text()).toMatch(/^retry: 1000\n\nid: \S+:13\n/);
      const both = await get(`?epoch=${epoch}&after=1`, { ...SSE, 'last-event-id': `${epoch}:12` });
      expect(await both.text()).toMatch(/^retry: 1000\n\nid: \S+:13\n/);
    });

    it('has heartbeats that the code of a client can see', async () => {
      const quick = await world.replica({ settings: { heartbeatMs: 20 } });
      const end = new AbortController();
      const response = await fetch(`${quick.url}/v1/runs/${run.id}/events`, { headers: SSE, signal: end.signal });
      const seen = new Promise<{ id: string; data: string }>((resolve) => {
        void readMessages(response, (message) => message.event === 'heartbeat' && resolve(message)).catch(
          () => undefined,
        );
      });
      const { id, data } = await seen;
      expect(id).toBe('');
      expect(JSON.parse(data)).toEqual({ ts: expect.stringMatching(/^\d{4}-.*Z$/) });
      end.abort();
    });

    it('says when to come back when the process drains', async () => {
      const leaving = await world.replica({ settings: { drainMs: 50 } });
      const response = await get('', SSE, { url: leaving.url });
      const text = response.text();
      await leaving.app.close();
      world.replicas.splice(world.replicas.indexOf(leaving), 1);
      expect(await text).toMatch(/event: drain\ndata: {"reconnect_in_ms":\d+}\n\n$/);
    });
  });

  describe('a client that leaves before it is known who it is', () => {
    it.each(['', '?wait=30'])('leaves nothing behind: "%s"', async (query) => {
      let ask = (): void => undefined;
      let answer = (): void => undefined;
      const asked = new Promise<void>((resolve) => (ask = resolve));
      const answered = new Promise<void>((resolve) => (answer = resolve));
      let asks = 0;
      const authenticate = async () => {
        asks += 1;
        ask();
        if (asks === 1) await answered;
        return { workspaceId: DEFAULT_WORKSPACE_ID };
      };
      const slow = await world.replica({ auth: { localOnly: true, authenticate } });
      const server = slow.app.getHttpServer();
      await run.start('a');
      const { epoch } = await page();
      const position = query && `${query}&epoch=${epoch}&after=1`;
      const headers = query ? {} : SSE;
      const client = request(`${slow.url}/v1/runs/${run.id}/events${position}`, { headers }).end();
      client.on('error', () => undefined);
      await asked;
      client.destroy();
      await waitFor(() => countConnections(server).then((count) => count === 0), { what: 'the server to notice' });
      answer();
      await (await get('', {}, { url: slow.url })).text();
      expect(slow.app.get(Connections).size).toBe(0);
      expect(slow.app.get(Feeds).size).toBe(0);
      await slow.app.close();
      world.replicas.splice(world.replicas.indexOf(slow), 1);
    });
  });

  describe('a page that waits, where too many connect', () => {
    it('is refused with 503 and Retry-After; one that does not wait is answered', async () => {
      const small = await world.replica({ settings: { connectsPerSecond: 1 } });
      await run.start('a');
      expect((await get('?wait=5', {}, { url: small.url })).status).toBe(200);
      const refused = await get('?wait=5', {}, { url: small.url });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(problem.parse(await refused.json())).toMatchObject({ code: 'unavailable', status: 503 });
      expect((await get('', {}, { url: small.url })).status).toBe(200);
    });
  });

  describe('an event stream where too many connect', () => {
    it('says when to come back, so that an EventSource does', async () => {
      const small = await world.replica({ settings: { connectsPerSecond: 1 } });
      await playAll();
      expect(await (await get('', SSE, { url: small.url })).text()).toContain('event: complete');
      const later = await get('', SSE, { url: small.url });
      expect(later.status).toBe(200);
      expect(await later.text()).toMatch(/^retry: \d{4,5}\nevent: drain\ndata: {"reconnect_in_ms":\d{4,5}}\n\n$/);
    });
  });

  describe('a request that does not come to its end', () => {
    it.each(['', 'GET /v1/live HTTP/1.1\r\nhost: localhost\r\nupgr'])('is not waited for: "%s"', async (sent) => {
      const hasty = await world.replica({ settings: { requestMs: 100 } });
      const socket = connect(Number(new URL(hasty.url).port), '127.0.0.1').setEncoding('utf8');
      socket.write(sent);
      expect(await text(socket)).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
    });
  });

  describe('refused requests are problems that name the field', () => {
    it.each([
      { what: 'an id that is none', id: 'nonsense', query: '', status: 400, code: 'invalid_request', pointer: '{id}' },
      { what: 'a position without epoch', query: '?after=3', status: 400, code: 'invalid_request', pointer: '?epoch' },
      {
        what: 'a negative position',
        query: '?epoch=e&after=-1',
        status: 400,
        code: 'invalid_request',
        pointer: '?after',
      },
      { what: 'a limit beyond 1000', query: '?limit=1001', status: 400, code: 'invalid_request', pointer: '?limit' },
      { what: 'a wait beyond 30', query: '?wait=31', status: 400, code: 'invalid_request', pointer: '?wait' },
      { what: 'an unknown field', query: '?from=1', status: 400, code: 'invalid_request', pointer: '?from' },
      {
        what: 'a Last-Event-ID that is none',
        query: '',
        headers: { ...SSE, 'last-event-id': 'seven' },
        status: 400,
        code: 'invalid_request',
        pointer: 'Last-Event-ID',
      },
      {
        what: 'a run that is not there',
        id: randomUUID(),
        query: '',
        status: 404,
        code: 'not_found',
        pointer: undefined,
      },
    ])('$what', async ({ id = run.id, query, headers = {}, status, code, pointer }) => {
      for (const accept of [{}, SSE]) {
        const response = await get(query, { ...accept, ...headers }, { id });
        expect(response.status).toBe(status);
        expect(response.headers.get('content-type')).toContain('application/problem+json');
        const body = problem.parse(await response.json());
        expect(body.code).toBe(code);
        expect(body.errors?.[0]?.pointer).toBe(pointer);
      }
    });

    it('without a key where keys are required', async () => {
      const auth = {
        localOnly: false,
        authenticate: async (header?: string) => (header === 'Bearer right' ? { workspaceId: OTHER } : null),
      };
      const locked = await world.replica({ auth });
      const refused = await get('', {}, { url: locked.url });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect((await get('', { authorization: 'Bearer right' }, { url: locked.url })).status).toBe(404);
    });

    it.each([
      ['GET', '/v1/elsewhere', {}, 404, 'not_found'],
      ['POST', '/v1/runs/7/events', {}, 405, 'method_not_allowed'],
      ['GET', '/v1/runs/%zz/events', {}, 400, 'invalid_request'],
      ['GET', '/v1/runs/%c0%80/events', {}, 400, 'invalid_request'],
      ['GET', '/v1/runs/%2e%2e/events', {}, 400, 'invalid_request'],
      ['GET', '/healthz', { 'x-long': 'x'.repeat(17_000) }, 431, 'headers_too_large'],
      ['GET', '/v1/runs/{run}/events', { host: 'evil.example' }, 403, 'forbidden'],
      ['GET', '/v1/runs/{run}/events', { origin: 'http://evil.example' }, 403, 'forbidden'],
      ['GET', '/v1/runs/{run}/events', { ...SSE, origin: 'null' }, 403, 'forbidden'],
    ])('of the framework and of strangers: %s %s %j', async (method, path, headers, status, code) => {
      const { hostname, port } = new URL(replica.url);
      const asked = request({ hostname, port, path: path.replace('{run}', run.id), method, headers }).end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      const body = problem.parse(await json(response));
      expect([response.statusCode, body.code]).toEqual([status, code]);
      expect(response.headers['content-type']).toContain('application/problem+json');
      expect(body.request_id).toMatch(/./);
    });

    it('in a method there is not', async () => {
      const socket = connect(Number(new URL(replica.url).port), '127.0.0.1').setEncoding('utf8');
      socket.write('FOO / HTTP/1.1\r\nhost: localhost\r\n\r\n');
      const [answer] = (await once(socket, 'data')) as [string];
      expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\ncontent-type: application\/problem\+json\r\n/);
    });
  });

  it('is alive and ready', async () => {
    expect((await fetch(`${replica.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${replica.url}/readyz`)).status).toBe(200);
  });
});

const countConnections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
