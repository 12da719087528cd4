import type { LimitedResource, Usage } from '@planwright/contracts';
import { LIMITED_RESOURCES } from '@planwright/contracts';
import type { Amounts } from '../limiter/limiter.js';

/** What a call is expected to need, in tokens. */
export interface Estimate {
  input: number;
  /** What it will probably write. */
  output: number;
  /** What it may write. */
  maxOutput: number;
}

/** How a provider counts one limited thing. */
interface Counting {
  /** What it is counted as when the call is made. */
  reserve: (estimate: Estimate) => number;
  /** What it was counted as in the end; absent: as it was reserved. */
  charge?: (usage: Usage) => number;
  /** It is counted as it is written: what was not written never counts. */
  isDeferred?: true;
  /** Minutes' worth that may be saved up while idle. */
  burst: number;
}

/**
 * How a provider counts calls and tokens against its limits. One rule for all is wrong for one of them: the output limit
 * of a call is a reservation at OpenAI and Azure, and means nothing to Anthropic.
 */
export interface AccountingProfile {
  counts: Readonly<Partial<Record<LimitedResource, Counting>>>;
  /** A refused call (429 and the like) counts as a request. */
  countsRefused: boolean;
  /** The window its headers speak of, in ms. */
  windowMs: number;
}

/** Seven and a half seconds' worth: many providers enforce a minute's limit in shorter windows. */
const BURST = 1 / 8;
/** A second and a half: as little as there can be where windows of ten seconds are told and one second is enforced. */
const SMALL_BURST = 1 / 40;
/** A second: "60 requests a minute might be enforced as 1 a second". */
const ONE_SECOND = 1 / 60;
const requests = (burst: number): Counting => ({ reserve: () => 1, burst });
const MINUTE_MS = 60_000;

/** The profiles by name, as `PLANWRIGHT_LIMITS` names them. */
export const PROFILES = {
  /** Counted at arrival, prompt and output limit together, and nothing comes back (OpenAI's guide on rate limits). */
  openai: {
    counts: {
      requests: requests(BURST),
      tokens: { reserve: ({ input, maxOutput }) => input + maxOutput, burst: BURST },
    },
    countsRefused: true,
    windowMs: MINUTE_MS,
  },
  /** As OpenAI, but enforced in windows of 10 seconds or one (Microsoft Learn, "Manage Azure OpenAI quota"). */
  azure: {
    counts: {
      requests: requests(SMALL_BURST),
      tokens: { reserve: ({ input, maxOutput }) => input + maxOutput, burst: SMALL_BURST },
    },
    countsRefused: true,
    windowMs: 10_000,
  },
  /** Input at the start, without what is read from the cache; output as it is written (Anthropic's page on rate limits). */
  anthropic: {
    counts: {
      requests: requests(ONE_SECOND),
      input_tokens: {
        burst: BURST,
        reserve: ({ input }) => input,
        charge: ({ input_tokens, cached_input_tokens }) => input_tokens - cached_input_tokens,
      },
      output_tokens: {
        burst: BURST,
        reserve: ({ output }) => output,
        charge: ({ output_tokens }) => output_tokens,
        isDeferred: true,
      },
    },
    countsRefused: true,
    windowMs: MINUTE_MS,
  },
  /** A server that counts what was really used, if anything: Ollama, vLLM, LiteLLM. */
  actual: {
    counts: {
      requests: requests(BURST),
      tokens: {
        burst: BURST,
        reserve: ({ input, output }) => input + output,
        charge: ({ input_tokens, output_tokens }) => input_tokens + output_tokens,
      },
    },
    countsRefused: false,
    windowMs: MINUTE_MS,
  },
} as const satisfies Record<string, AccountingProfile>;
export type ProfileName = keyof typeof PROFILES;

/** What to reserve for a call. */
export function amountsOf(profile: AccountingProfile, estimate: Estimate): { amounts: Amounts; deferred: Amounts } {
  const amounts = pick(profile, ({ reserve }) => Math.max(0, Math.ceil(reserve(estimate))));
  const deferred = pick(profile, ({ isDeferred }, resource) => (isDeferred ? amounts[resource] : undefined));
  return { amounts, deferred };
}

/** What the provider counted of a call that it took: where that differs from what was reserved. */
export function chargedFor(profile: AccountingProfile, usage: Usage): Amounts {
  return pick(profile, ({ charge }) => charge && Math.max(0, charge(usage)));
}

/** What the provider counted of a call that it refused. */
export function chargedForRefused(profile: AccountingProfile): Amounts {
  return pick(profile, (_, resource) => (resource === 'requests' && profile.countsRefused ? 1 : 0));
}

function pick(
  { counts }: AccountingProfile,
  amountOf: (counting: Counting, resource: LimitedResource) => number | undefined,
): Amounts {
  return Object.fromEntries(
    LIMITED_RESOURCES.flatMap((resource) => {
      const counting = counts[resource];
      const amount = counting && amountOf(counting, resource);
      return amount === undefined ? [] : [[resource, amount]];
    }),
  );
}
