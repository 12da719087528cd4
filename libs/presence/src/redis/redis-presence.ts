import { connectRedis, newId } from '@planwright/runtime';
import type { RedisConnection } from '@planwright/runtime';
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
  private readonly connection: RedisConnection<Scripts>;
  private readonly prefix: string;
  private readonly instance: string;
  private readonly leaseTtlMs: number;
  private readonly announceTtlMs: number;

  constructor(options: RedisPresenceOptions) {
    const { url, log, commandTimeoutMs = 500 } = options;
    this.prefix = `${options.prefix ?? 'pw:'}{presence}:`;
    this.instance = options.instance ?? newId();
    this.leaseTtlMs = options.leaseTtlMs ?? LEASE_TTL_MS;
    this.announceTtlMs = options.announceTtlMs ?? ANNOUNCE_TTL_MS;
    const naming = { name: 'planwright-presence', what: 'presence' };
    this.connection = connectRedis({ url, ...naming, commandTimeoutMs, scripts: SCRIPTS, log });
  }

  async claim({ stepId, attempt }: Fence): Promise<Claim> {
    await this.connection.ready();
    return this.connection.redis.pwClaim(1, this.step(stepId), attempt, this.leaseTtlMs, REMEMBER_MS);
  }

  async renew(fences: readonly Fence[]): Promise<Fence[]> {
    if (fences.length === 0) return [];
    await this.connection.ready();
    const attempts = fences.map(({ attempt }) => attempt);
    const places = await this.connection.redis.pwRenew(
      ...this.steps(fences),
      this.leaseTtlMs,
      REMEMBER_MS,
      ...attempts,
    );
    const stopped = new Set(places);
    return fences.filter((_, index) => stopped.has(index + 1));
  }

  async settle({ stepId, attempt }: Fence): Promise<void> {
    await this.connection.ready();
    await this.connection.redis.pwEnd(1, this.step(stepId), attempt, 'settled', REMEMBER_MS);
  }

  async release({ stepId, attempt }: Fence): Promise<void> {
    await this.connection.ready();
    await this.connection.redis.pwEnd(1, this.step(stepId), attempt, 0, REMEMBER_MS);
  }

  async stop(fences: readonly Fence[]): Promise<void> {
    if (fences.length === 0) return;
    await this.connection.ready();
    await this.connection.redis.pwStop(...this.steps(fences), REMEMBER_MS, ...fences.map(({ attempt }) => attempt));
  }

  async alive(fences: readonly Fence[]): Promise<boolean[]> {
    return (await this.look(fences)).map((sight) => sight === 'alive');
  }

  async settled(fences: readonly Fence[]): Promise<boolean[]> {
    return (await this.look(fences)).map((sight) => sight === 'settled');
  }

  async announce({ interactive, background, features }: Slots): Promise<void> {
    await this.connection.ready();
    const numbers = `${interactive} ${background} ${features}`;
    await this.connection.redis.pwAnnounce(1, `${this.prefix}slots`, this.instance, numbers, this.announceTtlMs);
  }

  async slots(): Promise<Slots | null> {
    await this.connection.ready();
    const [announcers, interactive, background, features] = await this.connection.redis.pwSlots(
      1,
      `${this.prefix}slots`,
    );
    return announcers > 0 ? { interactive, background, features } : null;
  }

  async close(): Promise<void> {
    await this.connection.redis.hdel(`${this.prefix}slots`, this.instance).catch(() => undefined);
    this.connection.redis.disconnect();
  }

  private async look(fences: readonly Fence[]): Promise<Sight[]> {
    if (fences.length === 0) return [];
    await this.connection.ready();
    return this.connection.redis.pwLook(...this.steps(fences), ...fences.map(({ attempt }) => attempt));
  }

  private step(stepId: string): string {
    return `${this.prefix}step:${stepId}`;
  }

  /** What a script over several steps begins with. */
  private steps(fences: readonly Fence[]): [number, ...string[]] {
    return [fences.length, ...fences.map(({ stepId }) => this.step(stepId))];
  }
}
