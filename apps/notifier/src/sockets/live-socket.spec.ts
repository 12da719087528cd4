import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { CLOSE_CODES, problem } from '@planwright/contracts';
import { createInProcessLive } from '@planwright/live';
import { ConnectGuard } from '../connect-guard.js';
import { Connections } from '../connections.js';
import { FrameSocket } from '../contract/clients.js';
import type { Replica, ScriptedRun } from '../contract/world.js';
import { WHOLE_RUN, World } from '../contract/world.js';

const OTHER = '0199f3a2-0000-7000-8000-00000000000f';

describe('a socket on /v1/live', () => {
  let world: World;
  let replica: Replica;
  let run: ScriptedRun;
  const sockets: FrameSocket[] = [];
  const connect = async (url = replica.url, options: object = {}, protocols?: string[]) => {
    const socket = new FrameSocket(url, options, protocols);
    sockets.push(socket);
    return socket.opened();
  };
  const closeOf = async (socket: FrameSocket): Promise<number> =>
    socket.readyState === socket.CLOSED ? -1 : ((await once(socket, 'close')) as [number])[0];

  beforeAll(async () => {
    world = new World(createInProcessLive());
    replica = await world.replica();
  });
  beforeEach(() => {
    run = world.newRun();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });
  afterAll(() => world.close());

  it('is welcomed, with the subprotocol and the times it has to keep', async () => {
    const socket = await connect();
    expect(socket.protocol).toBe('planwright.v1');
    expect(await socket.frame('welcome')).toEqual({
      type: 'welcome',
      protocol: 'planwright.v1',
      heartbeat_seconds: 25,
      idle_timeout_seconds: 60,
    });
    socket.say({ type: 'ping' });
    await socket.frame('pong');
  });

  it('may name no subprotocol, and is refused by its own client when it names another one', async () => {
    const plain = await connect(replica.url, {}, []);
    expect(plain.protocol).toBe('');
    await plain.frame('welcome');
    const wrong = new FrameSocket(replica.url, {}, ['graphql-ws']);
    const [error] = (await once(wrong, 'error')) as [Error];
    expect(error.message).toContain('subprotocol');
  });

  it.each([
    { headers: { host: 'evil.example' } },
    { headers: { origin: 'http://evil.example' } },
    { headers: { origin: 'null' } },
  ])('where no keys are asked for is closed to pages from elsewhere: %j', async (options) => {
    const socket = await connect(replica.url, options);
    expect(await closeOf(socket)).toBe(CLOSE_CODES.forbidden);
    expect(socket.frames.map(({ type }) => type)).toEqual(['error']);
  });

  it('elsewhere than on /v1/live does not open', async () => {
    const { port } = new URL(replica.url);
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    const asked = request({ port, host: '127.0.0.1', path: '/v1/elsewhere', headers }).end();
    const [error] = (await once(asked, 'error')) as [Error];
    expect(error.message).toContain('socket hang up');
  });

  describe('bad frames', () => {
    const channel = 'run.0199f3a2-0000-7000-8000-000000000001';
    it.each([
      { what: 'no JSON', frame: '{"type":', says: 'not JSON' },
      { what: 'binary', frame: Buffer.from('{"type":"ping"}'), says: 'not binary' },
      { what: 'no object', frame: '42', says: 'expected object' },
      { what: 'an unknown type', frame: '{"type":"shout"}', says: '/type' },
      { what: 'no channel', frame: '{"type":"subscribe"}', says: '/channel' },
      {
        what: 'a channel of another form',
        frame: '{"type":"subscribe","channel":"run.1"}',
        says: '/channel must be run.{id}',
      },
      {
        what: 'a position without its epoch',
        frame: `{"type":"subscribe","channel":"${channel}","after":3}`,
        says: '/epoch',
      },
      {
        what: 'a negative position',
        frame: `{"type":"subscribe","channel":"${channel}","epoch":"e","after":-1}`,
        says: '/after',
      },
      { what: 'an unknown field', frame: `{"type":"ping","loud":true}`, says: '/loud is not a known field' },
    ])('$what: an error that says so, and the socket goes on', async ({ frame, says }) => {
      const socket = await connect();
      socket.send(frame);
      const error = await socket.frame('error');
      expect(error.code).toBe('bad_frame');
      expect(error.message).toContain(says);
      socket.say({ type: 'ping' });
      await socket.frame('pong');
    });

    it('ten in a row close the socket', async () => {
      const socket = await connect();
      const closed = closeOf(socket);
      for (let sent = 0; sent < 10; sent += 1) socket.send('nonsense');
      expect(await closed).toBe(CLOSE_CODES.badFrame);
    });

    it('one of more than 64 KiB closes it with 1009', async () => {
      const socket = await connect();
      const closed = closeOf(socket);
      socket.send(JSON.stringify({ type: 'ping', pad: 'x'.repeat(64 * 1024) }));
      expect(await closed).toBe(1009);
    });
  });

  it('has its frames handled in the order they came', async () => {
    for (const step of WHOLE_RUN) await step(run);
    const socket = await connect();
    const other = world.newRun();
    socket.say({ type: 'subscribe', channel: run.channel });
    socket.say({ type: 'ping' });
    socket.say({ type: 'subscribe', channel: other.channel });
    socket.say({ type: 'unsubscribe', channel: other.channel });
    socket.say({ type: 'ping' });
    await socket.frame('pong', 1);
    const answers = socket.frames.filter((frame) => frame.type !== 'events').map((frame) => frame.type);
    expect(answers).toEqual(['welcome', 'subscribed', 'pong', 'subscribed', 'pong']);
    await other.start('a');
    await run.start('late');
    socket.say({ type: 'ping' });
    await socket.frame('pong', 2);
    expect(socket.frames.some((frame) => frame.type === 'events' && frame.channel === other.channel)).toBe(false);
  });

  it('is told where it stands when it subscribes, and again when it subscribes anew', async () => {
    await run.start('a');
    await run.write('a', 'text');
    const socket = await connect();
    socket.say({ type: 'subscribe', channel: run.channel });
    const first = await socket.frame('subscribed');
    expect(first).toMatchObject({ channel: run.channel, seq: 2, recovered: false });
    socket.say({ type: 'subscribe', channel: run.channel, epoch: first.epoch, after: 1 });
    expect(await socket.frame('subscribed', 1)).toEqual({ ...first, recovered: true });
    expect((await socket.frame('events', 1)).events).toMatchObject([{ seq: 2 }]);
    socket.say({ type: 'subscribe', channel: run.channel, epoch: 'gone', after: 1 });
    expect(await socket.frame('reset')).toEqual({ type: 'reset', channel: run.channel, epoch: first.epoch, seq: 2 });
    expect((await socket.frame('events', 2)).events).toMatchObject([{ seq: 1 }, { seq: 2 }]);
  });

  it('follows the channels of its own projects too', async () => {
    const project = `project.${OTHER}`;
    world.own(project, '00000000-0000-7000-8000-000000000001');
    world.own(`${project}.features`, '00000000-0000-7000-8000-000000000001');
    const socket = await connect();
    socket.say({ type: 'subscribe', channel: project });
    socket.say({ type: 'subscribe', channel: `${project}.features` });
    await socket.frame('subscribed', 1);
    const body = { type: 'task.created' as const, run_id: null, task: { id: OTHER } };
    await world.live.appendFacts(project, [{ n: 1, at: new Date().toISOString(), body }]);
    expect((await socket.frame('events')).events).toMatchObject([{ channel: project, seq: 1, type: 'task.created' }]);
  });

  it('is told that a channel is not there, or not its own, and goes on', async () => {
    const socket = await connect();
    const foreign = world.newRun(OTHER);
    socket.say({ type: 'subscribe', channel: foreign.channel });
    expect(await socket.frame('error')).toMatchObject({ code: 'not_found', channel: foreign.channel });
    socket.say({ type: 'subscribe', channel: run.channel });
    await socket.frame('subscribed');
  });

  it('follows at most as many channels as one may', async () => {
    const small = await world.replica({ settings: { channelsPerSocket: 1 } });
    const socket = await connect(small.url);
    socket.say({ type: 'subscribe', channel: run.channel });
    socket.say({ type: 'subscribe', channel: world.newRun().channel });
    expect(await socket.frame('error')).toMatchObject({ code: 'too_many_channels' });
    socket.say({ type: 'subscribe', channel: run.channel });
    await socket.frame('subscribed', 1);
  });

  it('hears a heartbeat, and lives on it without saying a word', async () => {
    const quick = await world.replica({ settings: { heartbeatMs: 20, silenceMs: 100 } });
    const socket = await connect(quick.url);
    await socket.frame('heartbeat', 10);
    expect(socket.readyState).toBe(socket.OPEN);
  });

  it('is closed when nothing at all comes from it', async () => {
    const quick = await world.replica({ settings: { heartbeatMs: 20, silenceMs: 100 } });
    const socket = await connect(quick.url, { autoPong: false });
    expect(await closeOf(socket)).toBe(CLOSE_CODES.silent);
  });

  it('is closed when it does not read, and others are served meanwhile', async () => {
    const impatient = await world.replica({ settings: { slowMs: 1_500 } });
    const socket = await connect(impatient.url);
    const other = await connect(impatient.url);
    for (const one of [socket, other]) one.say({ type: 'subscribe', channel: run.channel });
    await socket.frame('subscribed');
    await other.frame('subscribed');
    socket.pause();
    const closed = closeOf(socket);
    await run.start('a');
    // More than the sockets of both sides hold.
    for (let written = 0; written < 400; written += 1) await run.write('a', `${written} `.padEnd(32_000, 'x'));
    await run.end();
    await waitFor(() =>
      other.frames.some((frame) => frame.type === 'events' && frame.events.at(-1)?.type === 'complete'),
    );
    await waitFor(() => impatient.app.get(Connections).size === 1);
    socket.resume();
    // Only a socket that reads in time meets the close frame; this one is cut off after it.
    expect([CLOSE_CODES.slow, 1006]).toContain(await closed);
    expect(socket.frames.some((frame) => frame.type === 'events' && frame.events.at(-1)?.type === 'complete')).toBe(
      false,
    );
  });

  it('is closed when it does not read, also while the kernels hold all that was sent', async () => {
    const impatient = await world.replica({ settings: { slowMs: 300, unreadBytes: 100_000 } });
    const socket = await connect(impatient.url);
    const other = await connect(impatient.url);
    for (const one of [socket, other]) one.say({ type: 'subscribe', channel: run.channel });
    await socket.frame('subscribed');
    await other.frame('subscribed');
    socket.pause();
    const closed = closeOf(socket);
    await run.start('a');
    for (let written = 0; written < 40; written += 1) await run.write('a', `${written} `.padEnd(8_000, 'x'));
    await run.end();
    await waitFor(() => impatient.app.get(Connections).size === 1);
    await waitFor(() =>
      other.frames.some((frame) => frame.type === 'events' && frame.events.at(-1)?.type === 'complete'),
    );
    socket.resume();
    expect([CLOSE_CODES.slow, 1006]).toContain(await closed);
  });

  it('is not compressed, whatever its client offers', async () => {
    const socket = await connect(replica.url, { perMessageDeflate: true });
    expect(socket.extensions).toBe('');
  });

  it('is refused with 503 and Retry-After where too many connect, and let in later', async () => {
    const small = await world.replica({ settings: { connectsPerSecond: 1 } });
    const first = await connect(small.url);
    const refused = new FrameSocket(small.url);
    const [, response] = (await once(refused, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(problem.parse(await json(response))).toMatchObject({ code: 'unavailable', status: 503 });
    await waitFor(() => small.app.get(ConnectGuard).admit() === null);
    first.say({ type: 'ping' });
    await first.frame('pong');
  });

  it('is refused while all connections there may be are open', async () => {
    const full = await world.replica({ settings: { maxConnections: 1 } });
    const first = await connect(full.url);
    const refused = new FrameSocket(full.url);
    const [, response] = (await once(refused, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(503);
    response.resume();
    first.terminate();
    await waitFor(() => full.app.get(Connections).size === 0);
    await (await connect(full.url)).frame('welcome');
  });

  it('is told to come back when the process drains, and closed then', async () => {
    const leaving = await world.replica({ settings: { drainMs: 50 } });
    const socket = await connect(leaving.url);
    await socket.frame('welcome');
    const closed = closeOf(socket);
    await leaving.app.close();
    expect((await socket.frame('drain')).reconnect_in_ms).toBeLessThanOrEqual(50);
    expect(await closed).toBe(CLOSE_CODES.drain);
    world.replicas.splice(world.replicas.indexOf(leaving), 1);
  });

  describe('where keys are required', () => {
    let locked: Replica;
    beforeAll(async () => {
      locked = await world.replica({
        auth: {
          localOnly: false,
          authenticate: async (header) => {
            if (header === 'Bearer broken') throw new Error('connection refused');
            return header === 'Bearer right' ? { workspaceId: OTHER } : null;
          },
        },
      });
    });

    it.each([
      { what: 'none', headers: {}, code: 'unauthenticated', close: CLOSE_CODES.unauthenticated },
      {
        what: 'a wrong one',
        headers: { authorization: 'Bearer wrong' },
        code: 'unauthenticated',
        close: CLOSE_CODES.unauthenticated,
      },
      {
        what: 'one that can not be checked',
        headers: { authorization: 'Bearer broken' },
        code: 'unavailable',
        close: CLOSE_CODES.overloaded,
      },
    ])('with $what it is closed', async ({ headers, code, close }) => {
      const socket = new FrameSocket(locked.url, { headers });
      sockets.push(socket);
      const closed = once(socket, 'close') as Promise<[number]>;
      expect((await socket.frame('error')).code).toBe(code);
      expect((await closed)[0]).toBe(close);
    });

    it('with the right one it follows its workspace and no other', async () => {
      const socket = await connect(locked.url, { headers: { authorization: 'Bearer right' } });
      const own = world.newRun(OTHER);
      socket.say({ type: 'subscribe', channel: own.channel });
      await socket.frame('subscribed');
      socket.say({ type: 'subscribe', channel: run.channel });
      expect((await socket.frame('error')).code).toBe('not_found');
      socket.say({ type: 'authenticate', ticket: 't' });
      expect((await socket.frame('error', 1)).code).toBe('unauthenticated');
    });
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error('did not happen within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
