import { createLogger, newId } from '@planwright/runtime';
import { serviceAddresses, startTcpProxy, testPrefix, throughProxy, waitFor } from '@planwright/testing';
import { Redis } from 'ioredis';
import { presenceContract, TEST_LEASE_TTL_MS } from './presence.contract.js';
import type { Presence } from './presence.js';
import { REMEMBER_MS } from './presence.js';
import { createRedisPresence } from './redis/redis-presence.js';

const url = serviceAddresses().redis;
const log = createLogger('test', 'silent');

presenceContract('in Redis', async () => {
  const { prefix, deleteKeys } = testPrefix();
  const options = { url, prefix, log, leaseTtlMs: TEST_LEASE_TTL_MS };
  const [presence, other] = [createRedisPresence(options), createRedisPresence(options)];
  return {
    presence,
    other,
    close: async () => {
      await Promise.all([presence.close(), other.close()]);
      await deleteKeys();
    },
  };
});

describe('the presence in Redis, besides', () => {
  const { prefix, deleteKeys } = testPrefix();
  const redis = new Redis(url);
  const opened: Presence[] = [];
  const open = (options: Partial<Parameters<typeof createRedisPresence>[0]> = {}) => {
    const presence = createRedisPresence({ url, prefix, log, ...options });
    opened.push(presence);
    return presence;
  };
  const one = () => ({ stepId: newId(), attempt: 1 });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((presence) => presence.close()));
    await deleteKeys();
  });
  afterAll(() => redis.disconnect());

  it('gets its leases back with the next renewal after everything in Redis was lost', async () => {
    const [presence, other] = [open(), open()];
    const [mine, stopped] = [one(), one()];
    await presence.claim(mine);
    await presence.claim(stopped);
    await presence.stop([stopped]);
    await deleteKeys();
    await redis.script('FLUSH');
    expect(await other.alive([mine])).toEqual([false]);
    expect(await presence.renew([mine, stopped])).toEqual([]);
    expect(await other.alive([mine, stopped])).toEqual([true, true]);
    expect(await other.claim(mine)).toBe('held');
  });

  it('remembers steps for an hour', async () => {
    const presence = open();
    const ways = [
      (stepId: string) => presence.claim({ stepId, attempt: 1 }),
      (stepId: string) => presence.renew([{ stepId, attempt: 1 }]),
      (stepId: string) => presence.settle({ stepId, attempt: 1 }),
      (stepId: string) => presence.release({ stepId, attempt: 1 }),
      (stepId: string) => presence.stop([{ stepId, attempt: 1 }]),
    ];
    for (const way of ways) {
      const stepId = newId();
      await way(stepId);
      const leftMs = await redis.pttl(`${prefix}{presence}:step:${stepId}`);
      expect(leftMs).toBeGreaterThan(REMEMBER_MS - 60_000);
      expect(leftMs).toBeLessThanOrEqual(REMEMBER_MS);
    }
  });

  it('adds up the slots of all processes, without those that left or are not heard of any more', async () => {
    const [a, b, frozen] = [open(), open(), open({ announceTtlMs: 300 })];
    await a.announce({ interactive: 1, background: 2, features: 0 });
    await b.announce({ interactive: 10, background: 20, features: 30 });
    await frozen.announce({ interactive: 100, background: 100, features: 100 });
    await a.announce({ interactive: 4, background: 2, features: 0 });
    await waitFor(async () => (await a.slots())?.interactive === 14, { what: 'the frozen one to be missed' });
    expect(await a.slots()).toEqual({ interactive: 14, background: 22, features: 30 });
    await b.close();
    expect(await a.slots()).toEqual({ interactive: 4, background: 2, features: 0 });
    await a.announce({ interactive: 0, background: 0, features: 0 });
    expect(await a.slots()).toEqual({ interactive: 0, background: 0, features: 0 });
  });

  it('keeps deployments apart', async () => {
    const [presence, elsewhere] = [open(), open({ prefix: `${prefix}x:` })];
    const mine = one();
    await presence.claim(mine);
    await presence.announce({ interactive: 1, background: 1, features: 1 });
    expect(await elsewhere.claim(mine)).toBe('claimed');
    expect(await elsewhere.slots()).toBeNull();
  });

  it('renews a thousand leases in one call', async () => {
    const presence = open();
    const fences = Array.from({ length: 1_000 }, one);
    expect(await presence.renew(fences)).toEqual([]);
    expect(await presence.alive(fences)).not.toContain(false);
  });

  describe('behind a network that fails', () => {
    const rejectsSoon = async (work: () => Promise<unknown>) => {
      const since = performance.now();
      await expect(work()).rejects.toThrow();
      expect(performance.now() - since).toBeLessThan(10_000);
    };
    const proxied = async () => {
      const proxy = await startTcpProxy(url);
      const presence = open({ url: throughProxy(url, proxy) });
      return { proxy, presence };
    };
    const everything = (presence: Presence): (() => Promise<unknown>)[] => [
      () => presence.claim(one()),
      () => presence.renew([one()]),
      () => presence.settle(one()),
      () => presence.release(one()),
      () => presence.stop([one()]),
      () => presence.alive([one()]),
      () => presence.settled([one()]),
      () => presence.announce({ interactive: 1, background: 1, features: 1 }),
      () => presence.slots(),
    ];

    it.each(['refuse', 'pause'] as const)('rejects all calls soon, and works again after it (%s)', async (fault) => {
      const { proxy, presence } = await proxied();
      try {
        const mine = one();
        await presence.claim(mine);
        proxy[fault]();
        await Promise.all(everything(presence).map(rejectsSoon));
        proxy.resume();
        await waitFor(async () => (await presence.renew([mine])).length === 0, { what: 'Redis to be back' });
        expect(await presence.alive([mine])).toEqual([true]);
      } finally {
        await presence.close();
        await proxy.close();
      }
    });

    it('has not done later what it rejected when there was no connection', async () => {
      const { proxy, presence } = await proxied();
      try {
        await presence.slots();
        proxy.refuse();
        const mine = one();
        await waitFor(() => presence.slots().then(Boolean, () => true), { what: 'the connection to be gone' });
        await rejectsSoon(() => presence.claim(mine));
        proxy.resume();
        await waitFor(async () => (await presence.renew([one()])).length === 0, { what: 'Redis to be back' });
        expect(await open().claim(mine)).toBe('claimed');
      } finally {
        await presence.close();
        await proxy.close();
      }
    });

    it('rejects soon where there has never been a Redis, and closes', async () => {
      const presence = open({ url: 'redis://127.0.0.1:1' });
      await Promise.all(everything(presence).map(rejectsSoon));
      await presence.close();
    });

    it('makes a new connection when the old one is silent', async () => {
      const { proxy, presence } = await proxied();
      try {
        await presence.claim(one());
        proxy.pause();
        await rejectsSoon(() => presence.claim(one()));
        await waitFor(() => proxy.accepted() > 1, { what: 'another connection', timeoutMs: 20_000 });
      } finally {
        proxy.resume();
        await presence.close();
        await proxy.close();
      }
    });
  });
});
