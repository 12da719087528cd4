import { TICKET_SECONDS } from '@planwright/contracts';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import { Redis } from 'ioredis';
import { createInProcessTickets, createRedisTickets } from '../index.js';
import type { Tickets } from '../index.js';

const REDIS_URL = serviceAddresses().redis;
const { prefix, deleteKeys } = testPrefix();
const log = { warn: () => undefined };
const redisTickets = () => createRedisTickets<{ name: string }>({ url: REDIS_URL, prefix, log });
const ADA = { name: 'Ada' };

let redis: Redis;
beforeAll(() => void (redis = new Redis(REDIS_URL)));
afterAll(async () => {
  redis.disconnect();
  await deleteKeys();
});

describe.each([
  { name: 'in Redis', create: redisTickets },
  { name: 'in process', create: () => createInProcessTickets<{ name: string }>() },
])('tickets $name', ({ create }) => {
  let tickets: Tickets<{ name: string }>;
  beforeEach(() => void (tickets = create()));
  afterEach(() => tickets.close());

  it('are good once', async () => {
    const ticket = await tickets.issue(ADA);
    expect(ticket).toMatch(/^pwt_[\w-]{43}$/);
    expect(await tickets.redeem(ticket)).toEqual(ADA);
    expect(await tickets.redeem(ticket)).toBeNull();
  });

  it('let one of many in that come with the same at the same time', async () => {
    const ticket = await tickets.issue(ADA);
    const answers = await Promise.all(Array.from({ length: 50 }, () => tickets.redeem(ticket)));
    expect(answers.filter((one) => one !== null)).toEqual([ADA]);
  });

  it('are each for whom they were issued to', async () => {
    const [ada, bob] = [await tickets.issue(ADA), await tickets.issue({ name: 'Bob' })];
    expect(await tickets.redeem(bob)).toEqual({ name: 'Bob' });
    expect(await tickets.redeem(ada)).toEqual(ADA);
  });

  it.each(['', 'pwt_', `pwt_${'a'.repeat(43)}`, `pwt_${'a'.repeat(42)}*`, '*', '__proto__'])(
    '%j is none',
    async (text) => {
      expect(await tickets.redeem(text)).toBeNull();
    },
  );
});

it('are redeemed where another process issued them', async () => {
  const [one, other] = [redisTickets(), redisTickets()];
  try {
    expect(await other.redeem(await one.issue(ADA))).toEqual(ADA);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});

it('in Redis expire by themselves, and stand there as hashes only', async () => {
  const tickets = redisTickets();
  try {
    const ticket = await tickets.issue(ADA);
    const keys = await redis.keys(`${prefix}ticket:*`);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).not.toContain(ticket.slice(4));
      const left = await redis.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(TICKET_SECONDS * 1_000);
    }
  } finally {
    await tickets.close();
  }
});

it('in process expire by the clock', async () => {
  let now = 0;
  const tickets = createInProcessTickets<{ name: string }>(() => now);
  const [early, late] = [await tickets.issue(ADA), await tickets.issue(ADA)];
  now = TICKET_SECONDS * 1_000 - 1;
  expect(await tickets.redeem(early)).toEqual(ADA);
  now += 1;
  expect(await tickets.redeem(late)).toBeNull();
});

it('reject where Redis does not answer', async () => {
  const tickets = redisTickets();
  const ticket = await tickets.issue(ADA);
  await tickets.close();
  await expect(tickets.issue(ADA)).rejects.toThrow();
  await expect(tickets.redeem(ticket)).rejects.toThrow();
});
