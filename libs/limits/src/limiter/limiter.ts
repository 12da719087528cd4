import type { FailureCode, LimitedResource } from '@planwright/contracts';

/** How much of each limited thing; what is not named is not limited, or not used. */
export type Amounts = Readonly<Partial<Record<LimitedResource, number>>>;

/**
 * How a bucket is kept: the same for everybody who asks for a share of it. A bucket is what a provider counts together:
 * one provider, one credential, one group of models.
 */
export interface Terms {
  /**
   * Per minute: what to begin with until an answer of the provider tells (`start`), and what is not exceeded whatever it
   * tells (`ceiling`). What is not named is limited once an answer tells it, with the burst of `otherBurst`.
   */
  readonly limits: Readonly<Partial<Record<LimitedResource, LimitTerms>>>;
  readonly otherBurst: number;
  /** Calls at a time; null: as many as there are. */
  readonly concurrency: number | null;
  /** What one workspace may use of the tokens, 0 < share ≤ 1. */
  readonly workspaceShare: number;
  /** The share of each limit that is used: the rest is for what is counted differently. */
  readonly margin: number;
}

export interface LimitTerms {
  readonly start: number;
  readonly ceiling?: number;
  /** How much may be saved up while idle, in minutes of the limit: small, as many providers count in seconds. */
  readonly burst: number;
}

/** What a workspace may spend, in micro-units. `spent` is what the ledger knows; the limiter may know more. */
export interface Budget {
  readonly period: string;
  readonly limit: number;
  readonly spent: number;
}

/** What a call will need, all of it or nothing. */
export interface Ask {
  /** Names the reservation. Asked for once more, it is granted without a second charge. */
  readonly id: string;
  /** Keeps its place in line between its attempts. */
  readonly stepId: string;
  readonly bucket: string;
  readonly workspaceId: string;
  /** Somebody watches it: it may use the share that is reserved for these. */
  readonly isInteractive: boolean;
  readonly amounts: Amounts;
  /** Of the amounts, what the provider counts only as it is written: it comes back if the worker dies. */
  readonly deferred: Amounts;
  readonly terms: Terms;
  /** Estimated, in micro-units; 0 where no price is known. */
  readonly cost: number;
  readonly budget: Budget | null;
}

/**
 * Why a step waits. `quota`: its place in line; the instant is an estimate, and may come earlier. `concurrency`,
 * `workspace_share`: likewise. `budget`: others' reservations may leave something. Any other is the failure after which
 * the provider is left alone, until an instant that is never undercut.
 */
export type WaitReason = 'quota' | 'concurrency' | 'workspace_share' | 'budget' | FailureCode;

export type Answer =
  /** `isProbe`: the first call after the provider was left alone; everybody waits for what becomes of it. */
  | { readonly kind: 'granted'; readonly isProbe: boolean; readonly replicas: number }
  | {
      readonly kind: 'wait';
      readonly waitMs: number;
      readonly reason: WaitReason;
      /** Place in line, from 1. */
      readonly position: number;
      readonly replicas: number;
    }
  /** More than the limit itself: waiting can't help. */
  | { readonly kind: 'too_large'; readonly resource: LimitedResource; readonly asked: number; readonly limit: number }
  | { readonly kind: 'over_budget'; readonly asked: number; readonly limit: number; readonly spent: number }
  /** The provider refuses the credential or the account; tried again after `waitMs`. */
  | { readonly kind: 'shut'; readonly code: 'auth' | 'billing'; readonly waitMs: number };

/** What an answer of the provider said about a limit, per minute. */
export interface Seen {
  readonly resource: LimitedResource;
  readonly limit: number;
  readonly remaining: number;
  /** Where it counts in windows: when this one ends, in ms from now. Until then nothing is added to `remaining`. */
  readonly windowEndsInMs?: number | undefined;
}

/** How a call ended. */
export interface Settlement {
  /** What the provider counted, where it is known and not what was reserved. */
  readonly charged: Amounts;
  /** In micro-units. */
  readonly cost: number;
  /** For the breaker: it worked, it failed as a provider that is ill would, or it says nothing of the provider. */
  readonly health: 'good' | 'bad' | 'unknown';
  /** The failure of a bad one. */
  readonly code?: FailureCode | undefined;
  /** Leave the provider alone for so long, and why. `isRamp`: come back more slowly. */
  readonly pause?: { readonly code: FailureCode; readonly ms: number; readonly isRamp: boolean } | undefined;
}

/** Names a reservation. */
export interface Held {
  readonly bucket: string;
  readonly id: string;
}

export interface LevelView {
  readonly limit: number;
  readonly level: number;
  readonly capacity: number;
}

/** What is known of a bucket, for people. */
export interface BucketView {
  readonly bucket: string;
  /** Per minute; what there is, below 0 after more was used than was reserved; and as much as there can be. */
  readonly limits: Readonly<Partial<Record<LimitedResource, LevelView>>>;
  readonly calls: number;
  readonly waiting: number;
  /** Milliseconds it is still left alone, and why. */
  readonly pause: { readonly code: string; readonly ms: number } | null;
}

/**
 * What all generators share: how much may be asked of a provider, who is next, and when a provider is left alone. On
 * Redis, or in the process; both decide alike. Every call is one round trip, and rejects soon when the store is away.
 *
 * A reservation is a lease: it is kept by `renew`, ended by `settle`, and falls back by itself when its worker dies.
 * What was refused costs nothing but a place in line, which a step keeps for as long as it comes back in time.
 */
export interface Limiter {
  reserve(ask: Ask): Promise<Answer>;
  /** The provider took the call; what it said of its limits, if anything. Ends the pause if the call was its probe. */
  observe(held: Held, seen: readonly Seen[]): Promise<void>;
  settle(held: Held, settlement: Settlement): Promise<void>;
  /** Keeps reservations, also those the store has lost. */
  renew(asks: readonly Ask[]): Promise<void>;
  /** Steps that wait in line and could be called now, each told once: to be woken before the instant they were told. */
  callable(): Promise<string[]>;
  /** These steps do not come back: their places go to those behind them. */
  leave(stepIds: readonly string[]): Promise<void>;
  view(): Promise<BucketView[]>;
  /** Disconnects; never rejects. */
  close(): Promise<void>;
}

/** Life of a reservation that is not renewed, and how often it is renewed. */
export const RESERVATION_TTL_MS = 10_000;
export const RENEW_RESERVATIONS_EVERY_MS = 3_000;

/** The constants both limiters decide by. */
export const RULES = {
  reservationTtlMs: RESERVATION_TTL_MS,
  /** Of the burst, what a bucket begins with that nothing is known of: it may just have been lost. */
  start: 0.25,
  /** How long the place of a step is kept after the instant it was told. */
  graceMs: 5_000,
  /** Steps ahead that are counted one by one; behind them the average counts. */
  counted: 200,
  /** Of what is granted, the share set aside for steps somebody watches. */
  interactiveShare: 0.2,
  /** What is told to wait is not asked to come back sooner than this. */
  minWaitMs: 20,
  /** Less than this, in ms or in tokens, is nothing: the scripts' JSON keeps 14 digits. */
  rounding: 0.001,
  /** A wait for a free call of which no duration is known. */
  concurrencyWaitMs: 1_000,
  budgetWaitMs: 5_000,
  probeWaitMs: 250,
  /** The breaker: failures and successes are halved every so often; it opens from so many failures, and so large a share. */
  healthHalfLifeMs: 30_000,
  minFailures: 5,
  failureShare: 0.5,
  breakerMs: 10_000,
  maxBreakerMs: 120_000,
  /** After `ramp` the rate is halved, and grows by this share a minute. */
  slopePerMinute: 0.5,
  minRamp: 0.1,
  /** After a 429 bursts are halved, and doubled again after this. */
  burstRecoveryMs: 1_800_000,
  minBurst: 1 / 16,
  /** What is told by `callable` may be short by what comes in so many milliseconds. */
  lookaheadMs: 250,
  maxCallable: 50,
  /** A bucket nobody uses is forgotten. */
  forgetMs: 7_200_000,
  /** Keys are told to stay no more often than this; their lives are many times as long. */
  keepMs: 60_000,
  /** A budget's account outlives its period. */
  forgetBudgetMs: 35 * 86_400_000,
  replicaMs: 15_000,
} as const;
