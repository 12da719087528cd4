import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

interface RedisConnectionOptions {
  url: string;
  /** What the server's client list shows. */
  name: string;
  /** Begins the line in the log when the connection is lost. */
  what: string;
  /** Time a command may take before it rejects. */
  commandTimeoutMs: number;
  /** Lua by the name of its command. */
  scripts: Readonly<Record<string, string>>;
  /** Keys each of them has, where it is the same for all; else the caller says it with each call. */
  numberOfKeys?: number;
  log: { warn(fields: object, message: string): void };
}

/** `S`: the commands of the scripts. */
export interface RedisConnection<S> {
  redis: Redis & S;
  /** Waits for the very first connection only, and not for ever; a later outage is for the caller to know at once. */
  ready(): Promise<void>;
}

/** A connection on which commands wait, but nothing comes back, is given up after this and made anew. */
const SILENCE_MS = 5_000;

/**
 * A connection to Redis for what can do without it: every command answers or rejects within its time, and nothing is
 * queued, as late answers help nobody. An outage is logged once.
 */
export function connectRedis<S>(options: RedisConnectionOptions): RedisConnection<S> {
  const { what, commandTimeoutMs, scripts, numberOfKeys, log } = options;
  const redis = new Redis(options.url, { ...redisSettings(options), socketTimeout: SILENCE_MS });
  for (const [name, lua] of Object.entries(scripts)) {
    redis.defineCommand(name, { lua, ...(numberOfKeys !== undefined && { numberOfKeys }) });
  }
  let wasConnected = false;
  const connected = new Promise<void>((resolve) => {
    redis.once('ready', () => {
      wasConnected = true;
      resolve();
    });
  });
  let reported = '';
  redis.on('error', (error: Error) => {
    if (error.message === reported) return;
    reported = error.message;
    log.warn({ err: error }, `${what}: no connection to Redis, trying again`);
  });
  redis.on('ready', () => (reported = ''));
  return {
    redis: redis as Redis & S,
    async ready() {
      if (wasConnected) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('Redis does not answer')), commandTimeoutMs);
      });
      await Promise.race([connected, late]).finally(() => clearTimeout(timer));
    },
  };
}

/** What every connection has, those that only listen included. */
export function redisSettings({ name, commandTimeoutMs }: Pick<RedisConnectionOptions, 'name' | 'commandTimeoutMs'>) {
  return {
    connectionName: name,
    enableOfflineQueue: false,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    maxRetriesPerRequest: 0,
    // Spread, so that many processes don't come back at one instant.
    retryStrategy: (times: number) => Math.min(1_000, 50 * times) * (0.5 + Math.random() / 2),
  } satisfies RedisOptions;
}
