import { Redis } from 'ioredis';
import { newId } from '@planwright/runtime';
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

/** A connection on which commands wait, but nothing comes back, is given up after this and made anew. */
const SILENCE_MS = 5_000;
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
  private readonly redis: Redis & Record<ScriptName, Command>;
  private readonly prefix: string;
  private readonly instance: string;
  private readonly timeoutMs: number;
  private readonly connected: Promise<void>;
  private wasConnected = false;

  constructor(options: RedisLimiterOptions) {
    this.prefix = `${options.prefix ?? 'pw:'}{limits}:`;
    this.instance = options.instance ?? newId();
    this.timeoutMs = options.commandTimeoutMs ?? 500;
    const redis = new Redis(options.url, {
      connectionName: 'planwright-limiter',
      enableOfflineQueue: false,
      commandTimeout: this.timeoutMs,
      connectTimeout: 2_000,
      socketTimeout: SILENCE_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: (times: number) => Math.min(1_000, 50 * times) * (0.5 + Math.random() / 2),
    });
    for (const [name, lua] of Object.entries(limiterScripts(options.clock ?? 'redis')))
      redis.defineCommand(name, { lua });
    this.redis = redis as Redis & Record<ScriptName, Command>;
    this.connected = new Promise((resolve) => {
      redis.once('ready', () => {
        this.wasConnected = true;
        resolve();
      });
    });
    let reported = '';
    redis.on('error', (error: Error) => {
      if (error.message === reported) return;
      reported = error.message;
      options.log.warn({ err: error }, 'limiter: no connection to Redis, trying again');
    });
    redis.on('ready', () => (reported = ''));
  }

  async reserve(ask: Ask): Promise<Answer> {
    return JSON.parse(await this.text('pwReserve', ask.bucket, json(ask), this.instance)) as Answer;
  }

  async observe({ bucket, id }: Held, seen: readonly Seen[]): Promise<void> {
    await this.run('pwObserve', bucket, bucket, id, json(seen));
  }

  async settle({ bucket, id }: Held, settlement: Settlement): Promise<void> {
    await this.run('pwSettle', bucket, bucket, id, json(settlement));
  }

  async renew(asks: readonly Ask[]): Promise<void> {
    const byBucket = Map.groupBy(asks, ({ bucket }) => bucket);
    await Promise.all(
      [...byBucket].map(([bucket, some]) => this.run('pwKeep', bucket, bucket, this.instance, json(some))),
    );
  }

  async callable(): Promise<string[]> {
    const told = await this.ofAll((bucket) => this.run('pwCallable', bucket));
    return (told as string[][]).flat();
  }

  async view(): Promise<BucketView[]> {
    return this.ofAll(async (bucket) => ({
      bucket,
      ...(JSON.parse(await this.text('pwView', bucket)) as Omit<BucketView, 'bucket'>),
    }));
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  /** Asks about every bucket that was used lately. */
  private async ofAll<T>(ask: (bucket: string) => Promise<T>): Promise<T[]> {
    await this.ready();
    const key = `${this.prefix}buckets`;
    const buckets = await this.redis.zrange(key, '0', '-1');
    return Promise.all(buckets.map(ask));
  }

  private async text(script: ScriptName, bucket: string, ...args: string[]): Promise<string> {
    return String(await this.run(script, bucket, ...args));
  }

  private async run(script: ScriptName, bucket: string, ...args: string[]): Promise<unknown> {
    await this.ready();
    const keys = [
      ...KEYS.map((key) => `${this.prefix}${key}:${bucket}`),
      ...SHARED.map((key) => `${this.prefix}${key}`),
    ];
    return this.redis[script](KEYS.length + SHARED.length, ...keys, ...args);
  }

  /** Waits for the very first connection only; a later outage is for the caller to know at once. */
  private async ready(): Promise<void> {
    if (this.wasConnected) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Redis does not answer')), this.timeoutMs);
    });
    await Promise.race([this.connected, late]).finally(() => clearTimeout(timer));
  }
}

/** Without nulls, which Lua would take for something. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => part ?? undefined);
}
