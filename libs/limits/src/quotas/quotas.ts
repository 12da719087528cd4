import { createHash } from 'node:crypto';
import type { LimitedResource, SeenLimit } from '@planwright/contracts';
import type { LimitTerms, Seen, Terms } from '../limiter/limiter.js';
import { rateLimitGroup } from './groups.js';
import type { LimitsEntry, LimitsSetting } from './limits-setting.js';
import { limitsFor } from './limits-setting.js';
import type { AccountingProfile, ProfileName } from './profiles.js';
import { PROFILES } from './profiles.js';

/** What a provider is taken to allow while nobody has said. */
const UNKNOWN_REQUESTS = 30;
/** The rest is for what the provider counts differently. */
const MARGIN = 0.985;
/** Named resets are rounded, and what they follow from as well. */
const WINDOW_SHARE = 0.8;
/** Minutes' worth of a limit nobody told of before. */
const OTHER_BURST = 1 / 8;

const PROFILE_OF: Readonly<Record<string, ProfileName>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  compatible: 'actual',
};

/** What calls to a model count against. */
export interface Quota {
  readonly bucket: string;
  readonly profile: AccountingProfile;
  readonly terms: Terms;
}

/**
 * Which bucket a model's calls count against, and on what terms. Remembers what this process has seen of a bucket's
 * limits, so that a limiter that lost everything need not begin with a guess.
 */
export class Quotas {
  private readonly learned = new Map<string, Partial<Record<LimitedResource, number>>>();

  /** `credentials`: the key of each provider that counts by key; it goes no further than a hash of it. */
  constructor(
    private readonly setting: LimitsSetting,
    private readonly credentials: Readonly<Record<string, string | undefined>>,
  ) {}

  /** Null where nothing is limited: the offline writer, and providers nobody said anything about. */
  of(provider: string, model: string): Quota | null {
    const entry = limitsFor(this.setting, provider, model);
    const name = entry?.profile ?? PROFILE_OF[provider] ?? (entry ? 'actual' : undefined);
    if (!name) return null;
    const profile = PROFILES[name];
    const bucket = `${provider}:${credentialId(this.credentials[provider])}:${rateLimitGroup(provider, model)}`;
    return { bucket, profile, terms: this.terms(bucket, profile, entry ?? {}) };
  }

  /** Remembers what an answer said, and answers it for the limiter: what this profile counts, per minute. */
  learn({ bucket, profile }: Quota, seen: readonly SeenLimit[]): Seen[] {
    const counted = seen.filter(({ resource }) => profile.counts[resource]);
    const known = this.learned.get(bucket) ?? {};
    for (const { resource, limit } of counted) known[resource] = limit;
    this.learned.set(bucket, known);
    // What is left of a window is left, whatever a minute of such windows would allow.
    const ofMinute = profile.windowMs / 60_000;
    return counted.map(({ resource, limit, remaining: perMinute, resetsInMs }) => {
      const remaining = perMinute * ofMinute;
      return { resource, limit, remaining, windowEndsInMs: windowEnd({ limit, remaining, resetsInMs }) };
    });
  }

  private terms(bucket: string, profile: AccountingProfile, entry: LimitsEntry): Terms {
    const ceilings: Partial<Record<LimitedResource, number | undefined>> = {
      requests: entry.requests_per_minute,
      tokens: entry.tokens_per_minute,
      input_tokens: entry.input_tokens_per_minute,
      output_tokens: entry.output_tokens_per_minute,
    };
    const learned = this.learned.get(bucket) ?? {};
    const limits: Record<string, LimitTerms> = {};
    for (const resource of Object.keys(profile.counts) as LimitedResource[]) {
      const ceiling = ceilings[resource];
      const start = learned[resource] ?? ceiling ?? (resource === 'requests' ? unknownRequests(entry) : undefined);
      const burst = profile.counts[resource]?.burst ?? OTHER_BURST;
      if (start !== undefined) limits[resource] = { start, burst, ...(ceiling !== undefined && { ceiling }) };
    }
    return {
      limits,
      concurrency: entry.concurrency ?? null,
      workspaceShare: entry.workspace_share ?? 1,
      otherBurst: OTHER_BURST,
      margin: MARGIN * (entry.share ?? 1),
    };
  }
}

/**
 * A bucket that refills all the time is full again after what is missing has come in; who names an earlier instant counts
 * in windows, and adds nothing before that.
 */
function windowEnd({ limit, remaining, resetsInMs }: Pick<SeenLimit, 'limit' | 'remaining' | 'resetsInMs'>) {
  if (resetsInMs === null) return undefined;
  const refillMs = ((limit - remaining) / limit) * 60_000;
  return resetsInMs < refillMs * WINDOW_SHARE ? resetsInMs : undefined;
}

/** What calls count against that only a budget limits. */
export function unlimited(provider: string): Quota {
  const profile = { ...PROFILES.actual, counts: {} };
  const terms = { limits: {}, concurrency: null, workspaceShare: 1, otherBurst: OTHER_BURST, margin: MARGIN };
  return { bucket: `${provider}:none:any`, profile, terms };
}

/** Who says how many calls run at a time, or how many tokens there are, has said what is limited. */
function unknownRequests(entry: LimitsEntry): number | undefined {
  const { concurrency, tokens_per_minute, input_tokens_per_minute, output_tokens_per_minute } = entry;
  const isSaid = concurrency ?? tokens_per_minute ?? input_tokens_per_minute ?? output_tokens_per_minute;
  return isSaid === undefined ? UNKNOWN_REQUESTS : undefined;
}

/** Tells keys apart without telling them. */
function credentialId(key: string | undefined): string {
  return key ? createHash('sha256').update(key).digest('hex').slice(0, 12) : 'none';
}
