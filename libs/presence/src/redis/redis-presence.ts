import { newId } from '@planwright/runtime';
import { Redis } from 'ioredis';
import type { Claim, Fence, Presence, Slots } from '../presence.js';
import { ANNOUNCE_TTL_MS, LEASE_TTL_MS, REMEMBER_MS } from '../presence.js';
import { ANNOUNCE, CLAIM, END, LOOK, RENEW, SLOTS, STOP } from './scripts.js';

export interface RedisPresenceOptions {
  url: string;
  /** Begins every key; one per deployment. Default `pw:`. */
  prefix?: string;
  /** Whose announcement of slots it is: no two processes have the same. Default a new id. */
  instance?: string;
  log: { warn(fields: object, message: string): void };
  /** Time a command may take before it rejects. Default 500 ms: whoever asks can go on without an answer. */
  commandTimeoutMs?: number;
  /** Default `LEASE_TTL_MS`; all processes must agree. */
  leaseTtlMs?: number;
  /** Default `ANNOUNCE_TTL_MS`. */
  announceTtlMs?: number;
}

type Sight = 'alive' | 'settled' | 'unknown';
type Command<R> = (keys: number, ...args: (string | number)[]) => Promise<R>;

/** The scripts as commands of a connection. */
interface Scripts {
  pwClaim: Command<Claim>;
  pwRenew: Command<number[]>;
  pwEnd: Command<null>;
  pwStop: Command<null>;
  pwLook: Command<Sight[]>;
  pwAnnounce: Command<null>;
  pwSlots: Command<[number, number, number, number]>;
}

const SCRIPTS: Record<keyof Scripts, string> = {
  pwClaim: CLAIM,
  pwRenew: RENEW,
  pwEnd: END,
  pwStop: STOP,
  pwLook: LOOK,
  pwAnnounce: ANNOUNCE,
  pwSlots: SLOTS,
};

/** A connection on which commands wait, but nothing comes back, is given up after this and made anew. */
const SILENCE_MS = 5_000;

/**
 * Presence in Redis (6.2 or newer, or a compatible server), for any number of processes. Keys are
 * `{prefix}{presence}:step:{id}` and `{prefix}{presence}:slots`, where `{presence}` stands literally: a hash tag that
 * keeps them on one node of a cluster, as a renewal touches many.
 *
 * Without Redis every call rejects within `commandTimeoutMs`, and nothing is queued: a lease that is renewed late helps
 * nobody.
 */
export function createRedisPresence(options: RedisPresenceOptions): Presence {
  return new RedisPresence(options);
}

class RedisPresence implements Presence {
  private readonly redis: Redis & Scripts;
  private readonly prefix: string;
  private readonly instance: string;
  private readonly timeoutMs: number;
  private readonly leaseTtlMs: number;
  private readonly announceTtlMs: number;
  /** Resolves with the first connection, so that what is asked right after the start need not fail. */
  private readonly connected: Promise<void>;
  private wasConnected = false;

  constructor(options: RedisPresenceOptions) {
    this.prefix = `${options.prefix ?? 'pw:'}{presence}:`;
    this.instance = options.instance ?? newId();
    this.timeoutMs = options.commandTimeoutMs ?? 500;
    this.leaseTtlMs = options.leaseTtlMs ?? LEASE_TTL_MS;
    this.announceTtlMs = options.announceTtlMs ?? ANNOUNCE_TTL_MS;
    const redis = new Redis(options.url, {
      connectionName: 'planwright-presence',
      enableOfflineQueue: false,
      commandTimeout: this.timeoutMs,
      connectTimeout: 2_000,
      socketTimeout: SILENCE_MS,
      maxRetriesPerRequest: 0,
      // Spread, so that many processes don't come back at one instant.
      retryStrategy: (times: number) => Math.min(1_000, 50 * times) * (0.5 + Math.random() / 2),
    });
    for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(name, { lua });
    this.redis = redis as Redis & Scripts;
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
      options.log.warn({ err: error }, 'presence: no connection to Redis, trying again');
    });
    redis.on('ready', () => (reported = ''));
  }

  async claim({ stepId, attempt }: Fence): Promise<Claim> {
    await this.ready();
    return this.redis.pwClaim(1, this.step(stepId), attempt, this.leaseTtlMs, REMEMBER_MS);
  }

  async renew(fences: readonly Fence[]): Promise<Fence[]> {
    if (fences.length === 0) return [];
    await this.ready();
    const attempts = fences.map(({ attempt }) => attempt);
    const places = await this.redis.pwRenew(...this.steps(fences), this.leaseTtlMs, REMEMBER_MS, ...attempts);
    const stopped = new Set(places);
    return fences.filter((_, index) => stopped.has(index + 1));
  }

  async settle({ stepId, attempt }: Fence): Promise<void> {
    await this.ready();
    await this.redis.pwEnd(1, this.step(stepId), attempt, 'settled', REMEMBER_MS);
  }

  async release({ stepId, attempt }: Fence): Promise<void> {
    await this.ready();
    await this.redis.pwEnd(1, this.step(stepId), attempt, 0, REMEMBER_MS);
  }

  async stop(fences: readonly Fence[]): Promise<void> {
    if (fences.length === 0) return;
    await this.ready();
    await this.redis.pwStop(...this.steps(fences), REMEMBER_MS, ...fences.map(({ attempt }) => attempt));
  }

  async alive(fences: readonly Fence[]): Promise<boolean[]> {
    return (await this.look(fences)).map((sight) => sight === 'alive');
  }

  async settled(fences: readonly Fence[]): Promise<boolean[]> {
    return (await this.look(fences)).map((sight) => sight === 'settled');
  }

  async announce({ interactive, background, features }: Slots): Promise<void> {
    await this.ready();
    const numbers = `${interactive} ${background} ${features}`;
    await this.redis.pwAnnounce(1, `${this.prefix}slots`, this.instance, numbers, this.announceTtlMs);
  }

  async slots(): Promise<Slots | null> {
    await this.ready();
    const [announcers, interactive, background, features] = await this.redis.pwSlots(1, `${this.prefix}slots`);
    return announcers > 0 ? { interactive, background, features } : null;
  }

  async close(): Promise<void> {
    if (this.wasConnected) await this.redis.hdel(`${this.prefix}slots`, this.instance).catch(() => undefined);
    this.redis.disconnect();
  }

  private async look(fences: readonly Fence[]): Promise<Sight[]> {
    if (fences.length === 0) return [];
    await this.ready();
    return this.redis.pwLook(...this.steps(fences), ...fences.map(({ attempt }) => attempt));
  }

  private step(stepId: string): string {
    return `${this.prefix}step:${stepId}`;
  }

  /** What a script over several steps begins with. */
  private steps(fences: readonly Fence[]): [number, ...string[]] {
    return [fences.length, ...fences.map(({ stepId }) => this.step(stepId))];
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
