import 'reflect-metadata';
import { once } from 'node:events';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IssuedApiKey, ServerFrame } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID, LIVE_SUBPROTOCOL, projectChannel } from '@planwright/contracts';
import { createHttpAdapter, GatewayModule, HTTP_APP_OPTIONS, openCatalogue, prepareHttp } from '@planwright/gateway';
import { createInProcessLive, createRedisTickets } from '@planwright/live';
import type { Tickets } from '@planwright/live';
import { createServer, databasePorts } from '@planwright/notifier';
import type { Caller } from '@planwright/persistence';
import { Database, ensureBootstrapKey, migrate, WorkspaceDatabase } from '@planwright/persistence';
import { createLogger, createTokenVerifier, HealthRegistry, newId, systemClock } from '@planwright/runtime';
import {
  AUDIENCE,
  ISSUER,
  serviceAddresses,
  signingKey,
  signToken,
  startIdentityProvider,
  testDatabase,
  testPrefix,
} from '@planwright/testing';
import type { IdentityProvider, SigningKey, TokenParts } from '@planwright/testing';

/** A gateway and a notifier that share nothing but PostgreSQL, Redis and the identity provider. */
const KEY = 'access-bootstrap-key-0123456789';
const log = createLogger('access', 'silent');
const { prefix, deleteKeys } = testPrefix();
const claims = { planwright_role: 'viewer', planwright_workspace: DEFAULT_WORKSPACE_ID };

class TestApp {}
class TestDatabase {}

let signer: SigningKey;
let provider: IdentityProvider;
let gateway: NestFastifyApplication;
let notifier: NestFastifyApplication;
let projectId: string;
/** Of the test itself: it sees everything. */
let unconfined: Database;
const urls = { gateway: '', notifier: '' };
const closing: (() => Promise<void>)[] = [];
const sockets: WebSocket[] = [];

beforeAll(async () => {
  const own = await testDatabase({ migrate: async (url) => void (await migrate(url)), key: 'persistence' });
  unconfined = new Database({ url: own.url, applicationName: 'access.int.spec', poolSize: 1 });
  await unconfined.connect();
  closing.push(() => unconfined.close());
  signer = await signingKey('first');
  provider = await startIdentityProvider(signer);
  const live = createInProcessLive();
  const shared = (database: WorkspaceDatabase): DynamicModule => {
    const providers = [{ provide: WorkspaceDatabase, useValue: database }];
    return { module: TestDatabase, global: true, providers, exports: [WorkspaceDatabase] };
  };
  const parts = async (applicationName: string) => {
    const database = new WorkspaceDatabase({ url: own.url, applicationName, poolSize: 4 });
    await database.connect();
    const tickets: Tickets<Caller> = createRedisTickets({ url: serviceAddresses().redis, prefix, log });
    const settings = { issuer: ISSUER, audience: AUDIENCE, jwksUrl: provider.url };
    closing.push(
      () => database.close(),
      () => tickets.close(),
    );
    return { database, tickets, verifyToken: createTokenVerifier(settings, { log }) };
  };

  const ofGateway = await parts('gateway');
  await ensureBootstrapKey(ofGateway.database, KEY);
  const module = GatewayModule.register({
    ...{ live, log, health: new HealthRegistry(), clock: systemClock, catalogue: openCatalogue({}, log) },
    ...{ tickets: ofGateway.tickets, verifyToken: ofGateway.verifyToken, auth: 'required' },
    broker: { publish: async () => undefined },
    offer: [{ provider: 'offline', defaultModel: 'offline-writer' }],
  });
  gateway = await NestFactory.create<NestFastifyApplication>(
    { module: TestApp, imports: [shared(ofGateway.database), module] },
    createHttpAdapter(),
    { ...HTTP_APP_OPTIONS, logger: false },
  );
  prepareHttp(gateway, { auth: 'required', log });
  await gateway.listen(0, '127.0.0.1');

  const ofNotifier = await parts('notifier');
  const ports = databasePorts('required', ofNotifier);
  const broker = { subscribe: async () => ({ close: async () => undefined }) };
  const settings = { recheckMs: 100 };
  notifier = await createServer({ broker, live, log, ports, settings }, new HealthRegistry(), [
    shared(ofNotifier.database),
  ]);
  await notifier.listen(0, '127.0.0.1');
  [urls.gateway, urls.notifier] = [await gateway.getUrl(), await notifier.getUrl()];
  closing.unshift(
    () => gateway.close(),
    () => notifier.close(),
  );
  closing.push(
    () => live.close(),
    () => own.drop(),
    () => provider.close(),
    () => deleteKeys().then(() => undefined),
  );
  projectId = ((await post('/v1/projects', KEY, { name: 'A', idea: 'B' })) as { id: string }).id;
}, 60_000);
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
afterAll(async () => {
  for (const close of closing) await close();
});

async function post(path: string, bearer: string, body?: object): Promise<unknown> {
  const response = await fetch(urls.gateway + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}
const ticketOf = async (bearer: string) => ((await post('/v1/realtime/tickets', bearer)) as { ticket: string }).ticket;
const tokenOf = (parts: TokenParts = {}) => signToken(signer, { claims, ...parts });

/** As a browser does it: no header can be sent with the upgrade. */
async function connect(ticket: string) {
  const socket = new WebSocket(`${urls.notifier.replace('http', 'ws')}/v1/live`, LIVE_SUBPROTOCOL);
  sockets.push(socket);
  const frames: ServerFrame[] = [];
  socket.addEventListener('message', ({ data }) => void frames.push(JSON.parse(String(data)) as ServerFrame));
  const closed = once(socket, 'close').then(([event]) => (event as CloseEvent).code);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'authenticate', ticket }));
  socket.send(JSON.stringify({ type: 'subscribe', channel: projectChannel(projectId) }));
  return { frames, closed };
}
async function until(condition: () => boolean): Promise<void> {
  for (const limit = Date.now() + 10_000; !condition();) {
    if (Date.now() > limit) throw new Error('did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const types = (frames: readonly ServerFrame[]) => frames.map(({ type }) => type);

it('a ticket of the gateway opens one socket of the notifier', async () => {
  const ticket = await ticketOf(KEY);
  const first = await connect(ticket);
  await until(() => first.frames.length >= 2);
  expect(types(first.frames).slice(0, 2)).toEqual(['welcome', 'subscribed']);
  const second = await connect(ticket);
  expect(await second.closed).toBe(4001);
  expect(types(second.frames)).toEqual(['error']);
});

it('of many sockets with one ticket a single one gets in', async () => {
  const ticket = await ticketOf(KEY);
  const tries = await Promise.all(Array.from({ length: 8 }, () => connect(ticket)));
  await until(() => tries.every(({ frames }) => frames.length > 0));
  expect(tries.filter(({ frames }) => types(frames)[0] === 'welcome')).toHaveLength(1);
});

it('a viewer follows, and only its own workspace', async () => {
  const viewer = (await post('/v1/api-keys', KEY, { name: 'V', role: 'viewer' })) as IssuedApiKey;
  const { frames } = await connect(await ticketOf(viewer.key));
  await until(() => frames.length >= 2);
  expect(types(frames)).toEqual(['welcome', 'subscribed']);
  const other = newId();
  await unconfined.transaction((tx) => tx.manager.query(`INSERT INTO workspaces (id, name) VALUES ($1, 'o')`, [other]));
  const stranger = await tokenOf({ claims: { ...claims, planwright_workspace: other } });
  const theirs = await connect(await ticketOf(stranger));
  await until(() => theirs.frames.length >= 2);
  expect(theirs.frames[1]).toMatchObject({ type: 'error', code: 'not_found' });
});

it('sockets of a key that is revoked, or whose secret ended, are closed', async () => {
  const revoked = (await post('/v1/api-keys', KEY, { name: 'R', role: 'viewer' })) as IssuedApiKey;
  const rotated = (await post('/v1/api-keys', KEY, { name: 'S', role: 'viewer' })) as IssuedApiKey;
  const open = [await connect(await ticketOf(revoked.key)), await connect(await ticketOf(rotated.key))];
  await until(() => open.every(({ frames }) => frames.length >= 2));
  await fetch(`${urls.gateway}/v1/api-keys/${revoked.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${KEY}` },
  });
  const { key: renewed } = (await post(`/v1/api-keys/${rotated.id}/rotate`, KEY, { grace_seconds: 0 })) as IssuedApiKey;
  expect(await Promise.all(open.map(({ closed }) => closed))).toEqual([4001, 4001]);
  const again = await connect(await ticketOf(renewed));
  await until(() => again.frames.length >= 2);
});

it('a token opens an event page and a socket, which ends with it', async () => {
  // The leeway of 30 seconds is in it.
  const token = await tokenOf({ expiresAt: Math.floor(Date.now() / 1_000) - 28 });
  const { frames, closed } = await connect(await ticketOf(token));
  await until(() => frames.length >= 2);
  expect(await closed).toBe(4001);
  expect(frames.at(-1)).toMatchObject({ type: 'error', code: 'unauthenticated' });
  const { id } = (await post(`/v1/projects/${projectId}/runs`, KEY)) as { id: string };
  const read = async (bearer: string) => {
    const url = `${urls.notifier}/v1/runs/${id}/events`;
    return (await fetch(url, { headers: { authorization: `Bearer ${bearer}` } })).status;
  };
  expect([await read(await tokenOf()), await read(token)]).toEqual([200, 401]);
  expect(await read(await tokenOf({ claims: { ...claims, planwright_role: 'nobody' } }))).toBe(403);
});
