import type { LimitedResource } from '@planwright/contracts';
import { LIMITED_RESOURCES } from '@planwright/contracts';
import type { Amounts, Terms } from '../limiter.js';
import { RULES } from '../limiter.js';

/** One limited thing of a bucket: a token bucket whose size and speed follow what the provider says. */
export interface Level {
  /** Per minute, as an answer of the provider told it. */
  learned?: number;
  /** What there is; below 0 after more was used than was reserved. */
  level?: number;
  /** When `level` was true, in ms; in the future while the provider is left alone. */
  at?: number;
  /** What is left of the provider's window, and when that ends. */
  left?: number;
  leftUntil?: number;
  /** The largest amount somebody waits for: it must fit in, however small the burst. */
  need: number;
}

/** A level as it stands now. */
export interface Standing {
  limit: number;
  level: number;
  /** Per millisecond. */
  rate: number;
  capacity: number;
  /** What may be saved up, without what is made room for. */
  burst: number;
  at: number;
  /** What is left of the provider's window; Infinity where it has none. */
  left: number;
  leftForMs: number;
}

export type Standings = Map<LimitedResource, Standing>;

/** What slows a bucket down for a while after the provider complained. */
export interface Caution {
  /** Of the rate, and when that was. */
  ramp: number;
  rampAt: number;
  /** Of the bursts, and when that was. */
  burst: number;
  burstAt: number;
}

export function rampAt({ ramp, rampAt: since }: Caution, now: number): number {
  return Math.min(1, ramp * (1 + RULES.slopePerMinute) ** (Math.max(0, now - since) / 60_000));
}

/** Of the bursts, what may be saved up now. */
export function burstFactor({ burst, burstAt }: Caution, now: number): number {
  return Math.min(1, burst * 2 ** (Math.max(0, now - burstAt) / RULES.burstRecoveryMs));
}

/** What may be saved up of a resource. */
export function burstOf(limit: number, terms: Terms, resource: LimitedResource, caution: Caution, now: number): number {
  return limit * (terms.limits[resource]?.burst ?? terms.otherBurst) * burstFactor(caution, now);
}

/** The limit that holds: what was learned, else what to start with; never above the ceiling. */
export function limitOf(level: Level, terms: Terms, resource: LimitedResource): number | undefined {
  const given = terms.limits[resource];
  const limit = level.learned ?? given?.start;
  if (limit === undefined) return undefined;
  return given?.ceiling === undefined ? limit : Math.min(limit, given.ceiling);
}

/** Brings a level up to now, and answers it; undefined where nothing limits it. */
export function refill(
  level: Level,
  { terms, resource, caution, now }: { terms: Terms; resource: LimitedResource; caution: Caution; now: number },
): Standing | undefined {
  const limit = limitOf(level, terms, resource);
  if (limit === undefined) return undefined;
  const burst = burstOf(limit, terms, resource, caution, now);
  const capacity = Math.max(burst, level.need);
  const rate = (limit * terms.margin * rampAt(caution, now)) / 60_000;
  if (level.at === undefined || level.level === undefined) {
    level.level = RULES.start * burst;
    level.at = now;
  } else {
    level.level = Math.min(capacity, level.level + Math.max(0, now - level.at) * rate);
    level.at = Math.max(level.at, now);
  }
  const leftForMs = Math.max(0, (level.leftUntil ?? 0) - now);
  const left = leftForMs > 0 ? (level.left ?? Infinity) : Infinity;
  return { limit, level: level.level, rate, capacity, burst, at: level.at, left, leftForMs };
}

/** Tokens a minute, or calls where no tokens are counted. */
export function perMinute(standings: Standings): number {
  const limit = (resource: LimitedResource) => standings.get(resource)?.limit ?? 0;
  const tokens = limit('tokens') + limit('input_tokens') + limit('output_tokens');
  return tokens > 0 ? tokens : limit('requests');
}

/** What fairness counts: tokens, or calls where no tokens are counted. */
export function weightOf(amounts: Amounts): number {
  const tokens = (amounts.tokens ?? 0) + (amounts.input_tokens ?? 0) + (amounts.output_tokens ?? 0);
  return tokens > 0 ? tokens : (amounts.requests ?? 1);
}

export function eachAmount(amounts: Amounts, visit: (resource: LimitedResource, amount: number) => void): void {
  for (const resource of LIMITED_RESOURCES) {
    const amount = amounts[resource];
    if (amount !== undefined) visit(resource, amount);
  }
}
