import { ScriptedSocket } from '../test/scripted-socket.js';
import { createClient } from './client.js';
import type { Client } from './client.js';
import type { Followed, FollowOptions } from './follow.js';
import { FeedError, PlanwrightError } from './problem-error.js';
import type { ClientOptions } from './request.js';

const RUN = '0199f3a2-7c1e-7a43-9d52-000000000001';
const CHANNEL = `run.${RUN}`;
const envelope = { v: 1, channel: CHANNEL, epoch: 'e', ts: '2026-11-21T09:30:00.000Z', run_id: RUN };
const stage = (seq: number) => ({
  ...envelope,
  seq,
  type: 'stage',
  document: 'prd',
  document_id: 'd',
  stage: seq,
  sections: [],
});
const end = (seq: number) => ({ ...envelope, seq, type: 'complete', prd_id: null, error: null, problem: null });

const welcome = { type: 'welcome', protocol: 'planwright.v1', heartbeat_seconds: 25, idle_timeout_seconds: 60 };
const subscribed = (seq: number) => ({ type: 'subscribed', channel: CHANNEL, epoch: 'e', seq, recovered: false });
const events = (...list: object[]) => ({ type: 'events', channel: CHANNEL, events: list });

/** Nothing is served over HTTP. */
const noHttp: typeof globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));
const clientOf = (script: (socket: ScriptedSocket, nth: number) => void, options: Partial<ClientOptions> = {}) =>
  createClient({ url: 'https://planwright.test', WebSocket: ScriptedSocket.reset(script), fetch: noHttp, ...options });
const follow = (client: Client, options: FollowOptions = {}) =>
  client.runs.follow(RUN, { transport: 'websocket', firstWaitMs: 1, ...options });

async function all<Event>(followed: AsyncIterable<Followed<Event>>): Promise<Event[]> {
  const got: Event[] = [];
  for await (const one of followed) if (one.type === 'event') got.push(one.event);
  return got;
}
const serve = (socket: ScriptedSocket) => {
  const from = Number(socket.sent.at(-1)!['after'] ?? 0);
  socket.say(welcome, subscribed(3), events(...[stage(1), stage(2), end(3)].slice(from)));
};

afterEach(() => expect(ScriptedSocket.open).toBe(0));

it('subscribes to the channel and ends with the run', async () => {
  expect(await all(follow(clientOf(serve)))).toEqual([stage(1), stage(2), end(3)]);
  const [{ url, protocol, sent }] = ScriptedSocket.made as [ScriptedSocket];
  expect([url, protocol]).toEqual(['wss://planwright.test/v1/live', 'planwright.v1']);
  expect(sent).toEqual([{ type: 'subscribe', channel: CHANNEL }]);
});

it('sends a ticket first, another one for each socket', async () => {
  let tickets = 0;
  const client = clientOf((socket, nth) => (nth === 1 ? socket.end(1006) : serve(socket)), {
    ticket: async () => `t${++tickets}`,
  });
  await all(follow(client));
  expect(ScriptedSocket.made.map(({ sent }) => sent[0])).toEqual([
    { type: 'authenticate', ticket: 't1' },
    { type: 'authenticate', ticket: 't2' },
  ]);
});

it('asks for a ticket itself where it has a key', async () => {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    asked.push(
      `${init?.method} ${new URL(input as string).pathname} ${new Headers(init?.headers).get('authorization')}`,
    );
    return Promise.resolve(Response.json({ ticket: 'pwt_1' }, { status: 201 }));
  };
  await all(follow(clientOf(serve, { apiKey: 'pw_secret', fetch })));
  expect(asked).toEqual(['POST /v1/realtime/tickets Bearer pw_secret']);
  expect(ScriptedSocket.made[0]!.sent[0]).toEqual({ type: 'authenticate', ticket: 'pwt_1' });
});

it.each([
  ['a cut', 1006],
  ['a server that serves something else', 1011],
  ['one that is overloaded', 4101],
  ['one that drains', 4200],
  ['a code of tomorrow that says at once', 4299],
])('goes on after %s (%i) at the last event', async (_what, code) => {
  const waits: number[] = [];
  const client = clientOf((socket, nth) => {
    if (nth > 1) return serve(socket);
    socket.say(welcome, subscribed(1), events(stage(1)));
    socket.end(code);
  });
  expect(await all(follow(client, { onReconnect: (ms) => waits.push(ms) }))).toEqual([stage(1), stage(2), end(3)]);
  expect(ScriptedSocket.made[1]!.sent).toEqual([{ type: 'subscribe', channel: CHANNEL, epoch: 'e', after: 1 }]);
  const [waitMs] = waits as [number];
  if (code === 4101) expect(waitMs).toBeGreaterThanOrEqual(1_000);
  else expect(waitMs).toBeLessThanOrEqual(code >= 4200 ? 0 : 1);
});

it('backs off where being told to come at once brings nothing', async () => {
  const failures: number[] = [];
  const client = clientOf((socket, nth) => (nth <= 3 ? socket.say(welcome).end(4200) : serve(socket)));
  await all(follow(client, { onReconnect: (_ms, inRow) => failures.push(inRow) }));
  expect(failures).toEqual([1, 2, 3]);
});

it.each([
  ['4001', (socket: ScriptedSocket) => socket.end(4001, 'unauthenticated'), { closeCode: 4001 }, 'unauthenticated'],
  [
    'a code of tomorrow that says stop',
    (socket: ScriptedSocket) => socket.end(4077),
    { closeCode: 4077 },
    'unauthenticated',
  ],
  [
    'an error and 4003',
    (socket: ScriptedSocket) => socket.say({ type: 'error', code: 'forbidden', message: 'Not from here.' }).end(4003),
    { message: 'Not from here. ' },
    'forbidden',
  ],
  [
    'no such channel',
    (socket: ScriptedSocket) => socket.say(welcome, { type: 'error', code: 'not_found', message: 'There is none.' }),
    { closeCode: null },
    'not_found',
  ],
])('stops at %s', async (_what, script, error, code) => {
  const failed = await all(follow(clientOf(script))).catch((reason: unknown) => reason);
  expect(failed).toBeInstanceOf(FeedError);
  expect(failed).toBeInstanceOf(PlanwrightError);
  expect(failed).toMatchObject({ ...error, problem: { code } });
  expect(ScriptedSocket.made).toHaveLength(1);
});

it('subscribes again in a while where the channel can not be read', async () => {
  const waits: number[] = [];
  const unavailable = { type: 'error', code: 'unavailable', message: 'The live feed does not answer right now.' };
  const client = clientOf((socket, nth) => (nth === 1 ? socket.say(welcome, unavailable) : serve(socket)));
  expect(await all(follow(client, { onReconnect: (ms) => waits.push(ms) }))).toHaveLength(3);
  expect(waits[0]).toBeGreaterThanOrEqual(1_000);
});

it('a gap, a frame that is not JSON and a duplicate: nothing is lost or repeated', async () => {
  const client = clientOf((socket, nth) => {
    if (nth === 1) socket.say(welcome, subscribed(3), events(stage(1)), events(stage(1)), events(end(3)));
    else if (nth === 2) socket.onmessage?.({ data: '{oops' });
    else serve(socket);
  });
  expect(await all(follow(client))).toEqual([stage(1), stage(2), end(3)]);
  expect(ScriptedSocket.made.map(({ sent }) => sent[0]!['after'])).toEqual([undefined, 1, 1]);
});

it('answers heartbeats, and counts a silent connection as dead', async () => {
  const client = clientOf((socket, nth) => {
    if (nth > 1) return serve(socket);
    socket.say({ ...welcome, heartbeat_seconds: 0.02 }, subscribed(0), { type: 'heartbeat', ts: envelope.ts });
  });
  expect(await all(follow(client))).toHaveLength(3);
  expect(ScriptedSocket.made[0]!.sent.at(-1)).toEqual({ type: 'ping' });
});

it('from now on: what was before is left out', async () => {
  const channel = 'project.p1';
  const moved = { ...envelope, channel, seq: 8, type: 'task.moved', run_id: null, task: { id: 't' } };
  const stop = new AbortController();
  const client = clientOf((socket) => {
    socket.say(
      welcome,
      { type: 'subscribed', channel, epoch: 'e', seq: 7 },
      { type: 'events', channel, events: [{ ...moved, seq: 1 }] },
    );
    setTimeout(() => {
      socket.say({ type: 'subscribed', channel, epoch: 'e', seq: 8 }, { type: 'events', channel, events: [moved] });
      setTimeout(() => stop.abort(), 5);
    }, 5);
  });
  expect(await all(client.projects.follow('p1', { from: 'now', signal: stop.signal }))).toEqual([moved]);
  expect(ScriptedSocket.made[0]!.sent).toEqual([
    { type: 'subscribe', channel },
    { type: 'subscribe', channel, epoch: 'e', after: 7 },
  ]);
});

describe('a page that slept', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  beforeAll(() => void Object.assign(globalThis, { document: page }));
  afterAll(() => void Reflect.deleteProperty(globalThis, 'document'));
  const wake = () => page.dispatchEvent(new Event('visibilitychange'));

  it('connects again at once when it is looked at', async () => {
    const client = clientOf((socket, nth) => (nth === 1 ? socket.end(1006) : serve(socket)));
    const waking = { firstWaitMs: 1e9, onReconnect: () => setTimeout(wake, 5) };
    // The wait is drawn at random below eleven days: without waking it would not end.
    expect(await all(follow(client, waking))).toHaveLength(3);
  });

  it('stays asleep while it is hidden', async () => {
    const client = clientOf((socket) => socket.end(1006));
    const stop = new AbortController();
    page.visibilityState = 'hidden';
    const onReconnect = () => {
      setTimeout(wake, 5);
      setTimeout(() => stop.abort(), 20);
    };
    await all(follow(client, { firstWaitMs: 1e9, signal: stop.signal, onReconnect }));
    page.visibilityState = 'visible';
    expect(ScriptedSocket.made).toHaveLength(1);
  });

  it('asks a connection for a sign of life', async () => {
    const client = clientOf((socket) => {
      socket.say(welcome, subscribed(0));
      setTimeout(wake, 5);
      setTimeout(() => serve(socket), 15);
    });
    await all(follow(client));
    expect(ScriptedSocket.made[0]!.sent.at(-1)).toEqual({ type: 'ping' });
  });
});

describe('transports', () => {
  const sse = (list: object[]) =>
    new Response(list.map((one) => `event: x\ndata: ${JSON.stringify(one)}\n\n`).join(''), {
      headers: { 'content-type': 'text/event-stream' },
    });
  const page = (list: object[]) => Response.json({ channel: CHANNEL, epoch: 'e', seq: 3, reset: false, events: list });
  const whole = [stage(1), stage(2), end(3)];
  const serving =
    (streams: boolean): typeof globalThis.fetch =>
    (_input, init) => {
      const wantsStream = new Headers(init?.headers).get('accept') === 'text/event-stream';
      return Promise.resolve(wantsStream ? (streams ? sse(whole) : new Response('', { status: 502 })) : page(whole));
    };

  it.each([
    ['a WebSocket', serve, true, ['websocket']],
    ['server-sent events where no socket can be made', (socket: ScriptedSocket) => socket.end(1006), true, ['sse']],
    ['pages where no stream comes through either', (socket: ScriptedSocket) => socket.end(1006), false, ['poll']],
  ])('auto takes %s', async (_what, script, streams, taken) => {
    const used: string[] = [];
    const client = clientOf(script, { fetch: serving(streams) });
    const options = { transport: 'auto' as const, onConnected: (transport: string) => used.push(transport) };
    expect(await all(follow(client, options))).toEqual(whole);
    expect(used).toEqual(taken);
  });

  it('a page with tickets and no key stays with sockets: HTTP would refuse it for good', async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (input) => {
      asked.push(new URL(input as string).pathname);
      const problem = {
        type: 'about:blank',
        title: 'No',
        status: 401,
        code: 'unauthenticated',
        detail: '',
        advice: '',
      };
      return Promise.resolve(
        Response.json(problem, { status: 401, headers: { 'content-type': 'application/problem+json' } }),
      );
    };
    const ticket = async () => 't1';
    const client = clientOf((socket, nth) => (nth < 3 ? socket.end(1006) : serve(socket)), { ticket, fetch });
    expect(await all(follow(client, { transport: 'auto' }))).toEqual([stage(1), stage(2), end(3)]);
    expect([ScriptedSocket.made.length, asked]).toEqual([3, []]);

    // Whether a position is the end of its run can't be asked either: the socket tells what follows it.
    const from = { epoch: 'e', seq: 2 };
    const again = clientOf(serve, { ticket, fetch });
    expect(await all(follow(again, { transport: 'auto', from }))).toEqual([end(3)]);
  });

  it('a server that issues no tickets is followed over HTTP, with the key', async () => {
    const fetch: typeof globalThis.fetch = (input, init) => {
      if (init?.method !== 'POST') return serving(true)(input, init);
      const problem = { status: 404, code: 'not_found', detail: 'No.', advice: '' };
      return Promise.resolve(
        Response.json(problem, { status: 404, headers: { 'content-type': 'application/problem+json' } }),
      );
    };
    const client = clientOf(serve, { apiKey: 'k', fetch });
    expect(await all(follow(client, { transport: 'auto' }))).toEqual(whole);
    expect(ScriptedSocket.made).toEqual([]);
    await expect(all(follow(client, { transport: 'websocket' }))).rejects.toThrow(PlanwrightError);
  });

  it('one that has worked is kept through cuts', async () => {
    const used: string[] = [];
    const client = clientOf(
      (socket, nth) => {
        if (nth === 3) serve(socket);
        else if (nth === 1) socket.say(welcome, subscribed(1), events(stage(1))).end(1006);
        else socket.end(1006);
      },
      { fetch: serving(true) },
    );
    await all(follow(client, { transport: 'auto', onConnected: (transport) => used.push(transport) }));
    expect(used).toEqual(['websocket', 'websocket']);
  });
});
