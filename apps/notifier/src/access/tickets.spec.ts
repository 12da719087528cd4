import { once } from 'node:events';
import { CLOSE_CODES, DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { createInProcessLive, createInProcessTickets } from '@planwright/live';
import { AccessRefused } from '@planwright/runtime';
import { FrameSocket } from '../contract/clients.js';
import type { Replica } from '../contract/world.js';
import { World } from '../contract/world.js';
import type { Auth, Bearer } from '../ports.js';

const PAGE = 'https://plan.example.com';
const ADA: Bearer = { workspaceId: DEFAULT_WORKSPACE_ID, credential: { kind: 'key', hash: 'a' } };

describe('a socket where keys are required', () => {
  const tickets = createInProcessTickets<Bearer>();
  const revoked = new Set<string>();
  const sockets: FrameSocket[] = [];
  let isAway = false;
  const auth: Auth = {
    localOnly: false,
    allowedOrigins: [PAGE],
    authenticate: async (header) => {
      if (header === 'Bearer forbidden') throw new AccessRefused('forbidden', 'The token names no workspace.');
      if (header === 'Bearer away') throw new AccessRefused('unavailable', 'The identity provider does not answer.');
      return header === 'Bearer right' ? ADA : null;
    },
    redeem: (ticket) => (isAway ? Promise.reject(new Error('Redis is away')) : tickets.redeem(ticket)),
    holds: async ({ credential }) => !revoked.has(credential?.kind === 'key' ? credential.hash : ''),
  };
  let world: World;
  let replica: Replica;
  beforeAll(async () => {
    world = new World(createInProcessLive());
    replica = await world.replica({ auth, settings: { ticketMs: 150, recheckMs: 50 } });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
    revoked.clear();
    isAway = false;
  });
  afterAll(async () => {
    await world.close();
    await tickets.close();
  });

  const open = async (options: object = {}) => {
    const socket = new FrameSocket(replica.url, options);
    sockets.push(socket);
    const closed = once(socket, 'close').then(([code]) => code as number);
    await socket.opened();
    return { socket, closed };
  };
  const expectFollows = async (socket: FrameSocket) => {
    const run = world.newRun();
    socket.say({ type: 'subscribe', channel: run.channel });
    expect((await socket.frame('subscribed')).channel).toBe(run.channel);
  };

  it('is let in by a ticket in its first frame', async () => {
    const { socket } = await open();
    socket.say({ type: 'authenticate', ticket: await tickets.issue(ADA) });
    await socket.frame('welcome');
    expect(socket.frames[0]?.type).toBe('welcome');
    await expectFollows(socket);
  });

  it('may send more before it is told that it is in', async () => {
    const { socket } = await open();
    const run = world.newRun();
    socket.say({ type: 'authenticate', ticket: await tickets.issue(ADA) });
    socket.say({ type: 'subscribe', channel: run.channel });
    await socket.frame('subscribed');
    expect(socket.frames.map(({ type }) => type).slice(0, 2)).toEqual(['welcome', 'subscribed']);
  });

  it('gets in with a ticket once', async () => {
    const ticket = await tickets.issue(ADA);
    const first = await open();
    first.socket.say({ type: 'authenticate', ticket });
    await first.socket.frame('welcome');
    const second = await open();
    second.socket.say({ type: 'authenticate', ticket });
    expect((await second.socket.frame('error')).code).toBe('unauthenticated');
    expect(await second.closed).toBe(CLOSE_CODES.unauthenticated);
  });

  it.each<[string, (socket: FrameSocket) => void]>([
    ['no ticket', (socket) => socket.say({ type: 'subscribe', channel: `run.${DEFAULT_WORKSPACE_ID}` })],
    ['a ping', (socket) => socket.say({ type: 'ping' })],
    ['a ticket nobody issued', (socket) => socket.say({ type: 'authenticate', ticket: `pwt_${'a'.repeat(43)}` })],
    ['no frame at all', (socket) => socket.send('{')],
    ['nothing within the time', () => undefined],
  ])('that sends %s is closed with 4001, and told nothing else', async (_what, act) => {
    const { socket, closed } = await open();
    act(socket);
    expect(await closed).toBe(CLOSE_CODES.unauthenticated);
    expect(socket.frames).toEqual([expect.objectContaining({ type: 'error', code: 'unauthenticated' })]);
  });

  it('stays when its time for the ticket is over', async () => {
    const { socket } = await open();
    socket.say({ type: 'authenticate', ticket: await tickets.issue(ADA) });
    await socket.frame('welcome');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expectFollows(socket);
  });

  it('is not let in by the ticket of a key that was revoked since', async () => {
    const ticket = await tickets.issue(ADA);
    revoked.add('a');
    const { socket, closed } = await open();
    socket.say({ type: 'authenticate', ticket });
    expect(await closed).toBe(CLOSE_CODES.unauthenticated);
  });

  it('is told to come back where tickets can not be looked up', async () => {
    isAway = true;
    const { socket, closed } = await open();
    socket.say({ type: 'authenticate', ticket: `pwt_${'a'.repeat(43)}` });
    expect((await socket.frame('error')).code).toBe('unavailable');
    expect(await closed).toBe(CLOSE_CODES.overloaded);
  });

  it.each([
    ['forbidden', CLOSE_CODES.forbidden],
    ['away', CLOSE_CODES.overloaded],
    ['wrong', CLOSE_CODES.unauthenticated],
  ])('with a bearer that is %s is closed with %i at once', async (bearer, code) => {
    expect(await (await open({ headers: { authorization: `Bearer ${bearer}` } })).closed).toBe(code);
  });

  it('of a page from elsewhere is closed, whatever it brings', async () => {
    const headers = { origin: 'https://evil.example', authorization: 'Bearer right' };
    const { socket, closed } = await open({ headers });
    expect(await closed).toBe(CLOSE_CODES.forbidden);
    expect(socket.frames).toEqual([expect.objectContaining({ type: 'error', code: 'forbidden' })]);
  });

  it('of a page of an allowed origin, or of its own address, is let in', async () => {
    for (const origin of [PAGE, replica.url]) {
      const { socket } = await open({ headers: { origin, authorization: 'Bearer right' } });
      await socket.frame('welcome');
    }
  });

  it('ends when its key is revoked; those of other keys stay', async () => {
    const other: Bearer = { ...ADA, credential: { kind: 'key', hash: 'b' } };
    const mine = await open();
    mine.socket.say({ type: 'authenticate', ticket: await tickets.issue(ADA) });
    const header = await open({ headers: { authorization: 'Bearer right' } });
    const theirs = await open();
    theirs.socket.say({ type: 'authenticate', ticket: await tickets.issue(other) });
    for (const { socket } of [mine, header, theirs]) await socket.frame('welcome');
    revoked.add('a');
    expect(await Promise.all([mine.closed, header.closed])).toEqual([4001, 4001]);
    expect(mine.socket.frames.at(-1)).toMatchObject({ type: 'error', code: 'unauthenticated' });
    await expectFollows(theirs.socket);
  });

  it('on an event stream ends, too, and is refused when it comes back', async () => {
    const run = world.newRun();
    const url = `${replica.url}/v1/runs/${run.id}/events`;
    const headers = { accept: 'text/event-stream', authorization: 'Bearer right', origin: PAGE };
    const answer = await fetch(url, { headers });
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    revoked.add('a');
    expect(await answer.text()).toContain('retry:');
  });
});
