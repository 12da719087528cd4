import { jest } from '@jest/globals';
import { LIMITED_RESOURCES } from '@planwright/contracts';
import { createLogger } from '@planwright/runtime';
import { serviceAddresses, startTcpProxy, testPrefix, throughProxy, waitFor } from '@planwright/testing';
import { Redis } from 'ioredis';
import { limiterContract } from './limiter.contract.js';
import type { Ask, Limiter, Terms } from './limiter.js';
import { RULES } from './limiter.js';
import { createRedisLimiter } from './redis/redis-limiter.js';

const url = serviceAddresses().redis;
const log = createLogger('test', 'silent');

limiterContract('in Redis', async () => {
  const { prefix, deleteKeys } = testPrefix();
  const redis = new Redis(url);
  const clock = { key: `${prefix}clock` };
  const open = () => createRedisLimiter({ url, prefix, log, clock, commandTimeoutMs: 5_000 });
  const opened = [open(), open()] as const;
  let time = 0;
  const setTime = async (ms: number) => void (await redis.set(clock.key, (time = ms)));
  return {
    limiter: opened[0],
    other: opened[1],
    setTime,
    loseAll: async () => {
      await deleteKeys();
      await setTime(time);
      return opened[0];
    },
    close: async () => {
      await Promise.all(opened.map((limiter) => limiter.close()));
      await deleteKeys();
      redis.disconnect();
    },
  };
});

describe('the limiter in Redis, besides', () => {
  const { prefix, deleteKeys } = testPrefix();
  const redis = new Redis(url);
  const opened: Limiter[] = [];
  const open = (options: Partial<Parameters<typeof createRedisLimiter>[0]> = {}) => {
    const limiter = createRedisLimiter({ url, prefix, log, ...options });
    opened.push(limiter);
    return limiter;
  };
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(opened.splice(0).map((limiter) => limiter.close()));
    await deleteKeys();
  });
  afterAll(() => redis.disconnect());

  const terms: Terms = {
    limits: Object.fromEntries(LIMITED_RESOURCES.map((resource) => [resource, { start: 60_000, burst: 1 / 8 }])),
    otherBurst: 1 / 8,
    concurrency: 100,
    workspaceShare: 0.9,
    margin: 1,
  };
  let steps = 0;
  const ask = (more: Partial<Ask> = {}): Ask => {
    const stepId = `step-${++steps}`;
    return {
      id: `${stepId}/1`,
      stepId,
      bucket: 'provider:key:model',
      workspaceId: 'a',
      isInteractive: false,
      amounts: Object.fromEntries(LIMITED_RESOURCES.map((resource) => [resource, 1])),
      deferred: { output_tokens: 1 },
      terms,
      cost: 1,
      budget: { period: 'p', limit: 1_000_000, spent: 0 },
      ...more,
    };
  };
  const large = () => ask({ amounts: { tokens: 50_000 } });
  const ended = { charged: { tokens: 5 }, cost: 1, health: 'good' } as const;
  const keys = async () => (await redis.keys(`${prefix}*`)).sort();
  const redisTime = async () => Number((await redis.time())[0]) * 1_000;
  /** One of everything, so that every key there can be is there. */
  const useAll = async (limiter: Limiter) => {
    const [one, two] = [ask(), ask()];
    await limiter.reserve(one);
    await limiter.reserve(two);
    await limiter.reserve(large());
    await limiter.observe(one, [{ resource: 'tokens', limit: 50_000, remaining: 40_000 }]);
    await limiter.settle(two, ended);
    await limiter.renew([one, ask()]);
    await limiter.callable();
    await limiter.view();
  };

  it('waits for its first connection', async () => {
    expect(await open().reserve(ask())).toMatchObject({ kind: 'granted' });
    await open().settle(ask(), ended);
    expect(await open().view()).toHaveLength(1);
  });

  it('keeps all its keys on one node of a cluster', async () => {
    await useAll(open());
    const found = await keys();
    const tags = found.map((key) => /^[^{]*\{([^}]+)\}/.exec(key)?.[1]);
    expect(found.length).toBeGreaterThanOrEqual(8);
    expect(new Set(tags)).toEqual(new Set(['limits']));
    expect(new Set(found.map(slotOf)).size).toBe(1);
  });

  it('touches no keys but those it names to Redis', async () => {
    const sent = jest.spyOn(Redis.prototype, 'sendCommand');
    await useAll(open());
    const named = new Set<unknown>();
    for (const [command] of sent.mock.calls) {
      if (!/^eval/.test(command.name)) continue;
      const [, count, ...args] = command.args as string[];
      for (const key of args.slice(0, Number(count))) named.add(key);
    }
    expect((await keys()).filter((key) => !named.has(key))).toEqual([]);
  });

  describe('in time', () => {
    const clock = { key: `${prefix}clock` };
    const begin = 1_800_000_000_000;
    const goTo = (ms: number) => redis.set(clock.key, begin + ms);

    it('lets Redis forget a bucket nobody uses', async () => {
      const limiter = open({ clock });
      await goTo(0);
      await useAll(limiter);
      await goTo(RULES.keepMs + 1);
      await limiter.renew([ask()]);
      // The list of buckets is one key, and short.
      const lives = new Map<string, number>();
      for (const key of await keys()) {
        if (key !== clock.key && !key.endsWith(':buckets')) lives.set(key, await redis.pttl(key));
      }
      expect(lives.size).toBeGreaterThanOrEqual(7);
      for (const [key, leftMs] of lives) {
        const whole = key.endsWith(':budgets') ? RULES.forgetBudgetMs : RULES.forgetMs;
        expect({ key, isKept: leftMs > whole - 60_000 && leftMs <= whole }).toEqual({ key, isKept: true });
      }
    });

    it('counts processes that use a bucket, until they do not any more', async () => {
      const [one, two] = [open({ clock }), open({ clock })];
      await goTo(0);
      expect(await one.reserve(ask())).toMatchObject({ replicas: 1 });
      expect(await two.reserve(ask())).toMatchObject({ replicas: 2 });
      await goTo(RULES.replicaMs + 1);
      expect(await two.reserve(ask())).toMatchObject({ replicas: 1 });
      await one.renew([ask()]);
      expect(await two.reserve(ask())).toMatchObject({ replicas: 2 });
    });

    it('lists no buckets that are long gone', async () => {
      const limiter = open({ clock });
      await goTo(0);
      await limiter.reserve(ask({ bucket: 'old' }));
      await goTo(RULES.forgetMs + 1);
      await limiter.reserve(ask({ bucket: 'new' }));
      expect((await limiter.view()).map(({ bucket }) => bucket)).toEqual(['new']);
    });
  });

  it('asks Redis once for all a call needs', async () => {
    const limiter = open();
    await limiter.reserve(ask());
    const sent = jest.spyOn(Redis.prototype, 'sendCommand');
    const names = async (work: () => Promise<unknown>) => {
      sent.mockClear();
      await work();
      return sent.mock.calls.map(([command]) => command.name);
    };
    const one = ask();
    expect(Object.keys(one.amounts)).toHaveLength(4);
    expect(await names(() => limiter.reserve(one))).toEqual(['evalsha']);
    expect(await names(() => limiter.reserve(large()))).toEqual(['evalsha']);
    await limiter.renew([]);
    await limiter.renew([one]);
    expect(await names(() => limiter.renew([one, ask(), ask()]))).toEqual(['evalsha']);
  });

  it('goes by the clock of Redis alone', async () => {
    const [right, wrong] = [open(), open()];
    await right.reserve(ask());
    const day = 86_400_000;
    const [date, uptime] = [Date.now.bind(Date), performance.now.bind(performance)];
    jest.spyOn(Date, 'now').mockImplementation(() => date() + day);
    jest.spyOn(performance, 'now').mockImplementation(() => uptime() + day);
    const one = ask();
    expect(await wrong.reserve(one)).toMatchObject({ kind: 'granted' });
    await wrong.reserve(large());
    await wrong.renew([one]);
    jest.restoreAllMocks();
    const [lease] = await redis.zrange(`${prefix}{limits}:leases:provider:key:model`, '-1', '-1', 'WITHSCORES');
    expect(lease).toBe(one.id);
    const [, endsAt] = await redis.zrange(`${prefix}{limits}:leases:provider:key:model`, '-1', '-1', 'WITHSCORES');
    expect(Math.abs(Number(endsAt) - RULES.reservationTtlMs - (await redisTime()))).toBeLessThan(60_000);
    expect(await right.view()).toMatchObject([{ calls: 2, waiting: 1 }]);
    expect(await right.reserve(one)).toMatchObject({ kind: 'granted' });
  });

  it('loads its scripts again after Redis forgot them', async () => {
    const limiter = open();
    const one = ask();
    await limiter.reserve(one);
    await redis.script('FLUSH');
    expect(await limiter.reserve(ask())).toMatchObject({ kind: 'granted' });
    await redis.script('FLUSH');
    await Promise.all([
      limiter.settle(one, ended),
      limiter.observe(one, []),
      limiter.renew([ask()]),
      limiter.callable(),
    ]);
    expect(await limiter.view()).toMatchObject([{ calls: 2 }]);
  });

  it('lets no more through than there is, however many ask at once', async () => {
    const limiters = [open(), open(), open()];
    const begin = 60_000 / 8 / 4;
    const calls = Array.from({ length: 300 }, (_, i) => ask({ amounts: { tokens: 50 }, workspaceId: `w${i % 7}` }));
    const since = performance.now();
    const answers = await Promise.all(calls.map((one, i) => (limiters[i % 3] as Limiter).reserve(one)));
    const spent = answers.filter(({ kind }) => kind === 'granted').length * 50;
    expect(spent).toBeGreaterThanOrEqual(begin - 50);
    expect(spent).toBeLessThanOrEqual(begin + 1.5 * (performance.now() - since));
    expect(answers.filter(({ kind }) => kind === 'wait').length).toBeGreaterThan(0);
  });

  it('keeps deployments apart', async () => {
    const [here, there] = [open(), open({ prefix: `${prefix}x:` })];
    const one = ask();
    await here.reserve(one);
    await here.settle(one, { ...ended, pause: { code: 'rate_limited', ms: 60_000, isRamp: false } });
    expect(await there.view()).toEqual([]);
    expect(await there.reserve(ask())).toMatchObject({ kind: 'granted', replicas: 1 });
  });

  describe('behind a network that fails', () => {
    const commandTimeoutMs = 300;
    const rejectsSoon = async (work: () => Promise<unknown>) => {
      const since = performance.now();
      await expect(work()).rejects.toThrow();
      expect(performance.now() - since).toBeLessThan(commandTimeoutMs + 10_000);
    };
    const proxied = async () => {
      const proxy = await startTcpProxy(url);
      const limiter = open({ url: throughProxy(url, proxy), commandTimeoutMs });
      return { proxy, limiter };
    };
    const everything = (limiter: Limiter): (() => Promise<unknown>)[] => [
      () => limiter.reserve(ask()),
      () => limiter.observe(ask(), []),
      () => limiter.settle(ask(), ended),
      () => limiter.renew([ask()]),
      () => limiter.callable(),
      () => limiter.view(),
    ];
    const isBack = (limiter: Limiter) => waitFor(() => limiter.view(), { what: 'Redis to be back' });

    it.each(['refuse', 'pause'] as const)('rejects all calls soon, and works again after it (%s)', async (fault) => {
      const { proxy, limiter } = await proxied();
      try {
        const mine = ask();
        await limiter.reserve(mine);
        proxy[fault]();
        await Promise.all(everything(limiter).map(rejectsSoon));
        proxy.resume();
        await isBack(limiter);
        expect(await limiter.reserve(mine)).toMatchObject({ kind: 'granted' });
      } finally {
        await limiter.close();
        await proxy.close();
      }
    });

    it('has not done later what it rejected when there was no connection', async () => {
      const { proxy, limiter } = await proxied();
      try {
        await limiter.reserve(ask({ bucket: 'known' }));
        proxy.refuse();
        await waitFor(
          () =>
            limiter.view().then(
              () => false,
              () => true,
            ),
          { what: 'the connection to be gone' },
        );
        for (let i = 0; i < 10; i++) await rejectsSoon(() => limiter.reserve(ask({ bucket: 'rejected' })));
        proxy.resume();
        const view = await isBack(limiter);
        expect(view).toMatchObject([{ bucket: 'known', calls: 1 }]);
      } finally {
        await limiter.close();
        await proxy.close();
      }
    });

    it('rejects soon where there has never been a Redis, and closes', async () => {
      const limiter = open({ url: 'redis://127.0.0.1:1', commandTimeoutMs });
      await Promise.all(everything(limiter).map(rejectsSoon));
      await limiter.close();
      await limiter.close();
    });

    it('makes a new connection when the old one is silent', async () => {
      const { proxy, limiter } = await proxied();
      try {
        await limiter.reserve(ask());
        proxy.pause();
        await rejectsSoon(() => limiter.reserve(ask()));
        await waitFor(() => proxy.accepted() > 1, { what: 'another connection', timeoutMs: 20_000 });
      } finally {
        proxy.resume();
        await limiter.close();
        await proxy.close();
      }
    });
  });
});

/** The hash slot of a key, as the specification of Redis Cluster has it: CRC16 (XMODEM) of the hash tag, modulo 16,384. */
function slotOf(key: string): number {
  const hashed = /\{([^}]+)\}/.exec(key)?.[1] ?? key;
  let crc = 0;
  for (const byte of Buffer.from(hashed)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc % 16_384;
}
