import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';

/** Every limit is of a minute. */
export const WINDOW_SECONDS = 60;

/** Requests a minute; 0 is no limit. */
export interface RequestLimitSettings {
  perKey: number;
  /** Refused keys of one address. */
  failuresPerAddress: number;
}

/** One request counted, against the limit with this name. */
export interface CountedRequest {
  policy: 'key' | 'address';
  limit: number;
  remaining: number;
  /** When the count begins anew. */
  resetSeconds: number;
  /** The limit was used up before this one. */
  exceeded: boolean;
}

/** Where counts are shared: a connection to Redis that answers or rejects at once, and what begins its keys. */
export interface SharedCounts {
  redis: object;
  prefix: string;
}

/**
 * How many requests a key, and how many refused ones an address, may make in a minute. Counted in Redis for all gateways
 * together; while Redis is away each one counts for itself, so the limits are never open. Fixed windows: where one ends
 * and the next begins, up to twice the limit may come at once.
 */
export class RequestLimits {
  private readonly keys: RateLimiterAbstract | null;
  private readonly addresses: RateLimiterAbstract | null;

  constructor(settings: RequestLimitSettings, shared?: SharedCounts) {
    this.keys = counter('key', settings.perKey, shared);
    this.addresses = counter('address', settings.failuresPerAddress, shared);
  }

  /** Counts a request of a key, or of whoever else is known; null where there is no limit. */
  request(caller: string): Promise<CountedRequest | null> {
    return count('key', this.keys, caller);
  }

  /** Counts a request that was refused for its key. Others from this address are not in the way: who has a key passes. */
  failure(address: string): Promise<CountedRequest | null> {
    return count('address', this.addresses, address);
  }
}

function counter(name: string, points: number, shared: SharedCounts | undefined): RateLimiterAbstract | null {
  if (points === 0) return null;
  const options = { points, duration: WINDOW_SECONDS };
  if (!shared) return new RateLimiterMemory({ ...options, keyPrefix: name });
  return new RateLimiterRedis({
    ...options,
    storeClient: shared.redis,
    keyPrefix: `${shared.prefix}requests:${name}`,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(options),
  });
}

async function count(
  policy: CountedRequest['policy'],
  limiter: RateLimiterAbstract | null,
  who: string,
): Promise<CountedRequest | null> {
  if (!limiter) return null;
  // It rejects with its count where the limit is used up, and with an error where it could not count.
  const result = await limiter.consume(who).catch((refused: unknown) => {
    if (refused instanceof RateLimiterRes) return refused;
    throw refused;
  });
  return {
    policy,
    limit: limiter.points,
    remaining: result.remainingPoints,
    resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1_000)),
    exceeded: result.consumedPoints > limiter.points,
  };
}
