import type { RampRule } from './profiles.js';
import { TOLERANCE } from './meter.js';

/** Caps how fast usage may grow. */
export interface Ramp {
  /** Milliseconds until the next period where `amount` would grow too fast now; otherwise 0. */
  waitMs(now: number, amount: number): number;
  count(now: number, amount: number): void;
}

export function createRamp({ periodMs, growth, floor, remembers = 6 }: RampRule): Ramp {
  const used = new Map<number, number>();
  const periodOf = (now: number) => Math.floor(now / periodMs);
  const inPeriod = (period: number) => used.get(period) ?? 0;
  const allowed = (period: number) => {
    const before = Array.from({ length: remembers }, (_, i) => inPeriod(period - 1 - i));
    return Math.max(floor, growth * Math.max(0, ...before));
  };
  return {
    waitMs(now, amount) {
      const period = periodOf(now);
      const fits = inPeriod(period) + amount <= allowed(period) + TOLERANCE;
      return fits ? 0 : (period + 1) * periodMs - now;
    },
    count(now, amount) {
      const period = periodOf(now);
      used.set(period, inPeriod(period) + amount);
    },
  };
}
