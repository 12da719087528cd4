import type { Enforcement } from './profiles.js';

/**
 * One limit, enforced. It counts in fractions, as a bucket that refills all the time has to. `level` is what is left;
 * it is below zero only where what is produced counts, or where an estimate was too low.
 */
export interface Meter {
  /** A minute. */
  limit(): number;
  /** The most that can ever be taken at once. */
  capacity(): number;
  level(): number;
  /** What comes free in a millisecond. */
  ratePerMs(): number;
  /** Time goes on; somebody else takes `foreignShare` of the limit meanwhile. Answers how much that was. */
  advance(toMs: number, foreignShare: number): number;
  /** Negative amounts give back. */
  take(amount: number): void;
  /** The wait until `amount` is left, if nobody takes anything; infinite where it is more than the capacity. */
  waitMs(amount: number): number;
  /** The wait until the limit is whole again. */
  untilFullMs(): number;
  /**
   * What was used stays used. Where a bucket has to hold less than it does, the rest is spilled; where it may hold more,
   * it fills at its rate.
   */
  setLimit(perMinute: number): void;
}

/** Sums of fractions are not exact: this much of a token is forgiven. */
export const TOLERANCE = 1e-6;

export function createMeter(limit: number, { method, periodMs }: Enforcement, startsAtMs: number): Meter {
  return method === 'bucket' ? createBucket(limit, periodMs, startsAtMs) : createWindow(limit, periodMs, startsAtMs);
}

function createBucket(startLimit: number, periodMs: number, startsAtMs: number): Meter {
  let limit = startLimit;
  let at = startsAtMs;
  const ratePerMs = () => limit / 60_000;
  const capacity = () => Math.max(1, ratePerMs() * periodMs);
  let level = capacity();
  return {
    limit: () => limit,
    capacity,
    level: () => level,
    ratePerMs,
    advance(toMs, foreignShare) {
      const refill = ratePerMs() * (toMs - at);
      const foreign = refill * foreignShare;
      at = toMs;
      level = Math.min(capacity(), level + refill - foreign);
      return foreign;
    },
    take(amount) {
      level = Math.min(capacity(), level - amount);
    },
    waitMs: (amount) =>
      amount > capacity() + TOLERANCE ? Number.POSITIVE_INFINITY : Math.max(0, (amount - level) / ratePerMs()),
    untilFullMs: () => Math.max(0, (capacity() - level) / ratePerMs()),
    setLimit(perMinute) {
      limit = perMinute;
      level = Math.min(capacity(), level);
    },
  };
}

function createWindow(startLimit: number, periodMs: number, startsAtMs: number): Meter {
  let limit = startLimit;
  let at = startsAtMs;
  let used = 0;
  const capacity = () => Math.max(1, Math.floor((limit * periodMs) / 60_000));
  const windowOf = (ms: number) => Math.floor(ms / periodMs);
  const untilNextMs = () => (windowOf(at) + 1) * periodMs - at;
  return {
    limit: () => limit,
    capacity,
    level: () => capacity() - used,
    ratePerMs: () => capacity() / periodMs,
    advance(toMs, foreignShare) {
      const windows = windowOf(toMs) - windowOf(at);
      // What is left of this window, the whole ones in between, and the beginning of the last one.
      const fromMs = windows === 0 ? at : windowOf(toMs) * periodMs;
      const share = foreignShare / periodMs;
      let foreign = 0;
      if (windows > 0) {
        foreign += Math.min(capacity() * share * untilNextMs(), Math.max(0, capacity() - used));
        foreign += (windows - 1) * capacity() * foreignShare;
        used = 0;
      }
      const now = Math.min(capacity() * share * (toMs - fromMs), Math.max(0, capacity() - used));
      used += now;
      at = toMs;
      return foreign + now;
    },
    take(amount) {
      used = Math.max(0, used + amount);
    },
    waitMs(amount) {
      if (amount > capacity() + TOLERANCE) return Number.POSITIVE_INFINITY;
      return capacity() - used + TOLERANCE >= amount ? 0 : untilNextMs();
    },
    untilFullMs: untilNextMs,
    setLimit(perMinute) {
      limit = perMinute;
    },
  };
}
