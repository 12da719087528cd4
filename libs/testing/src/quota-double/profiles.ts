/** What a provider limits, as it counts it. `tokens` is in and out together. */
export const RESOURCES = ['requests', 'tokens', 'input_tokens', 'output_tokens'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Limits a minute, whatever window they are enforced in. */
export type Limits = Partial<Record<Resource, number>>;

/**
 * What a call costs of one resource.
 *
 * - `each`: one.
 * - `input_plus_max_output`, `larger_of_both`: charged at arrival and never given back.
 * - `uncached_input`: estimated at arrival, corrected when the answer begins; what is read from the cache is free.
 * - `as_produced`: nothing at arrival. Output counts as it is written, running calls go on below zero, and nobody new
 *   is let in while nothing is left.
 */
export type Counting = 'each' | 'input_plus_max_output' | 'larger_of_both' | 'uncached_input' | 'as_produced';

/**
 * How a limit is enforced. A `bucket` refills all the time and holds what refills in `periodMs`; a `window` is whole
 * again at every multiple of `periodMs`.
 */
export interface Enforcement {
  method: 'bucket' | 'window';
  periodMs: number;
}

export interface Rule {
  counting: Counting;
  enforcement: Enforcement;
  /** A minute; what a test does not set. */
  limit: number;
}

/** How a provider keeps its limits and speaks of them. */
export interface QuotaProfile {
  name: 'openai' | 'azure' | 'anthropic';
  rules: Partial<Record<Resource, Rule>>;
  /** A refused call counts as a request all the same. */
  countsRefusals: boolean;
  /** A refusal for a limit names the wait in `retry-after`. */
  sendsRetryAfter: boolean;
  /** `remaining` of tokens is rounded to the nearest multiple of it. */
  remainingRoundedTo: number;
  cache: {
    /** Prefixes shorter than this are not kept. */
    minTokens: number;
    ttlMs: number;
    /** Writing to the cache is reported, and paid for. */
    reportsWrites: boolean;
  };
  ramp: { status: number; code: string };
}

const MINUTE = 60_000;

/**
 * Where the figures come from, read in November 2026.
 *
 * - openai: guides/rate-limits. Continuous refill and full-minute capacity follow from the figures in public 429s, all
 *   of which fit wait = (used + requested - limit) / (limit / 60 s): 30000, 14567, 24754, 18.642 s (semanser/codel #72)
 *   and 10000, 8554, 3082, 9.816 s (MetaGPT #523). The guide speaks of the larger of `max_tokens` and the estimated
 *   input; the sum is the stricter reading, and the other one is an option.
 * - azure: learn.microsoft.com answers 1336515 and 2265464 (a 120 RPM deployment said `limit-requests: 20`).
 * - anthropic: platform.claude.com/docs/en/api/rate-limits and prompt-caching. 60 RPM may be enforced as one a second.
 */
export const PROFILES: Readonly<Record<QuotaProfile['name'], QuotaProfile>> = {
  openai: {
    name: 'openai',
    rules: {
      requests: { counting: 'each', enforcement: { method: 'bucket', periodMs: MINUTE }, limit: 5000 },
      tokens: { counting: 'input_plus_max_output', enforcement: { method: 'bucket', periodMs: MINUTE }, limit: 2e6 },
    },
    countsRefusals: true,
    sendsRetryAfter: false,
    remainingRoundedTo: 1,
    cache: { minTokens: 1024, ttlMs: 300_000, reportsWrites: false },
    ramp: { status: 503, code: 'slow_down' },
  },
  azure: {
    name: 'azure',
    rules: {
      requests: { counting: 'each', enforcement: { method: 'window', periodMs: 10_000 }, limit: 3000 },
      tokens: { counting: 'input_plus_max_output', enforcement: { method: 'window', periodMs: 10_000 }, limit: 1.5e6 },
    },
    countsRefusals: true,
    sendsRetryAfter: true,
    remainingRoundedTo: 1,
    cache: { minTokens: 1024, ttlMs: 300_000, reportsWrites: false },
    ramp: { status: 429, code: '429' },
  },
  anthropic: {
    name: 'anthropic',
    rules: {
      requests: { counting: 'each', enforcement: { method: 'bucket', periodMs: 1000 }, limit: 4000 },
      input_tokens: { counting: 'uncached_input', enforcement: { method: 'bucket', periodMs: MINUTE }, limit: 2e6 },
      output_tokens: { counting: 'as_produced', enforcement: { method: 'bucket', periodMs: MINUTE }, limit: 400_000 },
    },
    countsRefusals: false,
    sendsRetryAfter: true,
    remainingRoundedTo: 1000,
    cache: { minTokens: 1024, ttlMs: 300_000, reportsWrites: true },
    ramp: { status: 429, code: 'ramp_limit_exceeded' },
  },
};

/** What a test or a benchmark wants otherwise. Instants are in milliseconds, as `now` is. */
export interface QuotaOptions {
  /** When its limits begin to count, all of them whole. Default 0. */
  startsAt?: number;
  limits?: Limits;
  /** Other methods or periods of single resources: a minute's limit enforced in sub-windows, say. */
  enforcement?: Partial<Record<Resource, Partial<Enforcement>>>;
  counting?: Partial<Record<Resource, Counting>>;
  /** Somebody else on the same key, who takes this share of every limit, steadily, from the first instant to the last. */
  foreign?: { share: number; fromMs?: number; toMs?: number };
  /** Limits that change at an instant, in order. A halving is half the numbers. */
  changes?: readonly { atMs: number; limits: Limits }[];
  /** How fast the rate may grow. */
  ramp?: RampRule;
  /** The provider's estimate of the input at arrival, as a multiple of what it then counts. */
  inputEstimate?: number;
  cache?: Partial<Pick<QuotaProfile['cache'], 'minTokens' | 'ttlMs'>>;
  /** `sentinels`: -1, -1 and 0, as Azure's Responses API sends (openai-dotnet #838). `none`: no such headers at all. */
  headers?: 'true' | 'sentinels' | 'none';
  sendsRetryAfter?: boolean;
  remainingRoundedTo?: number;
}

/**
 * In any period of `periodMs` at most `floor`, or `growth` times the most of one of the last `remembers` periods if
 * that is more. Counted is what is charged at arrival.
 */
export interface RampRule {
  resource: Resource;
  periodMs: number;
  growth: number;
  floor: number;
  /** Default 6. */
  remembers?: number;
  /** Default as the provider has it. */
  status?: number;
}
