import type { Limiter } from '../limiter.js';
import { RULES } from '../limiter.js';
import { Bucket } from './bucket.js';
import { Budgets } from './budgets.js';

/** The limiter of one process that has the providers to itself. `now`: a clock that never goes back, in ms. */
export function createInProcessLimiter(options: { now?: () => number } = {}): Limiter {
  const now = options.now ?? (() => Math.floor(performance.now()));
  const budgets = new Budgets();
  const buckets = new Map<string, { bucket: Bucket; usedAt: number }>();
  const find = (name: string): Bucket => {
    const usedAt = now();
    for (const [other, entry] of buckets) {
      const isOld = entry.usedAt + RULES.forgetMs < usedAt && !entry.bucket.isPaused(usedAt);
      if (other !== name && isOld) buckets.delete(other);
    }
    const entry = buckets.get(name) ?? { bucket: new Bucket(name, budgets), usedAt };
    entry.usedAt = usedAt;
    buckets.set(name, entry);
    return entry.bucket;
  };
  return {
    reserve: async (ask) => find(ask.bucket).reserve(ask, now()),
    observe: async ({ bucket, id }, seen) => find(bucket).observe(id, seen, now()),
    settle: async ({ bucket, id }, settlement) => find(bucket).settle(id, settlement, now()),
    renew: async (asks) => {
      for (const ask of asks) find(ask.bucket).renew([ask], now());
    },
    callable: async () => [...buckets.values()].flatMap(({ bucket }) => bucket.callable(now())),
    leave: async (stepIds) => {
      for (const { bucket } of buckets.values()) bucket.leave(stepIds);
    },
    view: async () => [...buckets.values()].map(({ bucket }) => bucket.view(now())),
    close: async () => undefined,
  };
}
