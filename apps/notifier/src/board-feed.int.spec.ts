import { randomUUID } from 'node:crypto';
import type { LiveEvent, ProjectEventBody } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID, makeMessage, projectChannel, TASK_EVENT_TYPES } from '@planwright/contracts';
import { createRedisLive } from '@planwright/live';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import { FrameSocket } from './contract/clients.js';
import type { Replica } from './contract/world.js';
import { World } from './contract/world.js';

const { prefix, deleteKeys } = testPrefix();
const COUNT = 60;

let world: World;
let replicas: Replica[];
const sockets: FrameSocket[] = [];
beforeAll(async () => {
  world = new World(createRedisLive({ url: serviceAddresses().redis, prefix, log: { warn: () => undefined } }));
  const settings = { refillMs: 200 };
  replicas = [await world.replica({ settings }), await world.replica({ settings })];
});
afterEach(() => {
  world.tells = true;
  for (const socket of sockets.splice(0)) socket.terminate();
});
afterAll(async () => {
  await world.close();
  await deleteKeys();
});

/** A project whose board two apps change: gateways tell of a fact, orchestrators append it as well. */
function newBoard() {
  const id = randomUUID();
  const channel = projectChannel(id);
  world.own(channel, DEFAULT_WORKSPACE_ID);
  const bodies: ProjectEventBody[] = Array.from({ length: COUNT }, (_, i) => ({
    type: TASK_EVENT_TYPES[i % TASK_EVENT_TYPES.length] ?? 'task.updated',
    run_id: i % 3 === 0 ? randomUUID() : null,
    task: { id: randomUUID(), key: `T-${i}` },
  }));
  const envelope = { workspace_id: DEFAULT_WORKSPACE_ID, run_id: null, causation_id: null, traceparent: null };
  const commit = (body: ProjectEventBody) =>
    world.store(channel, body, (n) =>
      makeMessage(
        'project.changed',
        { project_id: id, n, type: body.type },
        { ...envelope, id: randomUUID(), occurred_at: new Date().toISOString() },
      ),
    );
  return { channel, bodies, commit };
}

async function follow(replica: Replica, channel: string, from: object = {}) {
  const socket = await new FrameSocket(replica.url).opened();
  sockets.push(socket);
  socket.say({ type: 'subscribe', channel, ...from });
  await socket.frame('subscribed');
  const events = (): LiveEvent[] =>
    socket.frames.flatMap((frame) => (frame.type === 'events' ? [...frame.events] : []));
  return {
    events,
    until: async (count: number) => {
      for (const limit = performance.now() + 8_000; events().length < count;) {
        if (performance.now() > limit) throw new Error(`${events().length} of ${count} events came`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return events();
    },
  };
}

const told = (events: readonly LiveEvent[]) =>
  events.map(({ v: _v, channel: _c, epoch: _e, ts: _t, seq, ...body }) => ({ seq, body }));
const numbered = (bodies: readonly ProjectEventBody[], after = 0) =>
  bodies.map((body, i) => ({ seq: i + 1, body })).slice(after);

describe('followers of a board', () => {
  it('get every fact of both apps in order, once, however it reaches the log', async () => {
    const { channel, bodies, commit } = newBoard();
    const [one, other] = await Promise.all(replicas.map((replica) => follow(replica, channel)));
    for (const [i, body] of bodies.entries()) {
      // Now and then a message is lost: the next one brings what is missing.
      world.tells = i % 7 !== 0 || i === COUNT - 1;
      const fact = commit(body);
      if (i % 3 === 0) await world.live.appendFacts(channel, [fact]);
    }
    for (const follower of [one, other]) expect(told((await follower?.until(COUNT)) ?? [])).toEqual(numbered(bodies));
  });

  it('get what nobody was told of, too', async () => {
    const { channel, bodies, commit } = newBoard();
    const follower = await follow(replicas[0] as Replica, channel);
    world.tells = false;
    for (const body of bodies) commit(body);
    expect(told(await follower.until(COUNT))).toEqual(numbered(bodies));
  });

  it('go on where they were, on another replica', async () => {
    const { channel, bodies, commit } = newBoard();
    for (const body of bodies.slice(0, 20)) commit(body);
    const first = await follow(replicas[0] as Replica, channel);
    const epoch = (await first.until(20))[19]?.epoch;
    for (const body of bodies.slice(20)) commit(body);
    const second = await follow(replicas[1] as Replica, channel, { epoch, after: 20 });
    expect(told(await second.until(COUNT - 20))).toEqual(numbered(bodies, 20));
  });
});
