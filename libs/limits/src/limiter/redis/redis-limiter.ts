import { connectRedis, newId } from '@planwright/runtime';
import type { RedisConnection } from '@planwright/runtime';
import type { Answer, Ask, BucketView, Held, Limiter, Seen, Settlement } from '../limiter.js';

import type { ScriptClock } from './prelude.js';
import type { ScriptName } from './scripts.js';
import { limiterScripts } from './scripts.js';

export interface RedisLimiterOptions {
  url: string;
  /** Begins every key; one per deployment. Default `pw:`. */
  prefix?: string;
  /** Tells this process from the others. Default a new id. */
  instance?: string;
  log: { warn(fields: object, message: string): void };
  /** Time a command may take before it rejects. Default 500 ms: whoever asks has a share of its own meanwhile. */
  commandTimeoutMs?: number;
  /** Default the clock of Redis. */
  clock?: ScriptClock;
}

type Command = (keys: number, ...args: string[]) => Promise<unknown>;

/** The keys of the scripts, in their order: of one bucket, and of all. */
const KEYS = ['state', 'leases', 'held', 'line', 'tickets', 'ends', 'shares'] as const;
const SHARED = ['budgets', 'buckets'] as const;

/**
 * The limiter of all processes that share a Redis (6.2 or newer, or a compatible server). Keys are
 * `{prefix}{limits}:…`, where `{limits}` stands literally: a hash tag that keeps them on one node of a cluster, as a
 * reservation counts a workspace's budget over all buckets in the same step.
 */
export function createRedisLimiter(options: RedisLimiterOptions): Limiter {
  return new RedisLimiter(options);
}

class RedisLimiter implements Limiter {
  private readonly connection: RedisConnection<Record<ScriptName, Command>>;
  private readonly prefix: string;
  private readonly instance: string;

  constructor({
    url,
    prefix = 'pw:',
    instance = newId(),
    log,
    commandTimeoutMs = 500,
    clock = 'redis',
  }: RedisLimiterOptions) {
    this.prefix = `${prefix}{limits}:`;
    this.instance = instance;
    const scripts = limiterScripts(clock);
    this.connection = connectRedis({
      url,
      name: 'planwright-limiter',
      what: 'limiter',
      commandTimeoutMs,
      scripts,
      log,
    });
  }

  async reserve(ask: Ask): Promise<Answer> {
    const { rest, terms } = forLua(ask);
    const args = [JSON.stringify(rest), this.instance, JSON.stringify(terms)];
    return JSON.parse(await this.text('pwReserve', ask.bucket, ...args)) as Answer;
  }

  async observe({ bucket, id }: Held, seen: readonly Seen[]): Promise<void> {
    await this.run('pwObserve', bucket, bucket, id, JSON.stringify(seen));
  }

  async settle({ bucket, id }: Held, settlement: Settlement): Promise<void> {
    await this.run('pwSettle', bucket, bucket, id, JSON.stringify(settlement));
  }

  async renew(asks: readonly Ask[]): Promise<void> {
    const byBucket = Map.groupBy(asks, ({ bucket }) => bucket);
    await Promise.all(
      [...byBucket].map(([bucket, some]) =>
        this.run('pwKeep', bucket, bucket, this.instance, JSON.stringify(some.map(forLua))),
      ),
    );
  }

  async callable(): Promise<string[]> {
    const told = await this.ofAll((bucket) => this.run('pwCallable', bucket));
    return (told as string[][]).flat();
  }

  async leave(stepIds: readonly string[]): Promise<void> {
    if (stepIds.length > 0) await this.ofAll((bucket) => this.run('pwLeave', bucket, ...stepIds));
  }

  async view(): Promise<BucketView[]> {
    return this.ofAll(async (bucket) => ({
      bucket,
      ...(JSON.parse(await this.text('pwView', bucket)) as Omit<BucketView, 'bucket'>),
    }));
  }

  async close(): Promise<void> {
    this.connection.redis.disconnect();
  }

  /** Asks about every bucket that was used lately. */
  private async ofAll<T>(ask: (bucket: string) => Promise<T>): Promise<T[]> {
    await this.connection.ready();
    const key = `${this.prefix}buckets`;
    const buckets = await this.connection.redis.zrange(key, '0', '-1');
    return Promise.all(buckets.map(ask));
  }

  private async text(script: ScriptName, bucket: string, ...args: string[]): Promise<string> {
    return String(await this.run(script, bucket, ...args));
  }

  private async run(script: ScriptName, bucket: string, ...args: string[]): Promise<unknown> {
    await this.connection.ready();
    const keys = [
      ...KEYS.map((key) => `${this.prefix}${key}:${bucket}`),
      ...SHARED.map((key) => `${this.prefix}${key}`),
    ];
    return this.connection.redis[script](KEYS.length + SHARED.length, ...keys, ...args);
  }
}

/** An ask in two parts, without the nulls, which Lua would take for something. */
function forLua({ budget, terms, ...rest }: Ask): { rest: object; terms: object } {
  const { concurrency, ...others } = terms;
  return {
    rest: budget ? { ...rest, budget } : rest,
    terms: concurrency === null ? others : terms,
  };
}
