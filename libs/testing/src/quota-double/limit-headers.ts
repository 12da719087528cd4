import type { QuotaOptions, QuotaProfile, Resource } from './profiles.js';

/** A limit as it is at one instant. */
export interface LimitState {
  resource: Resource;
  /** A minute. */
  limit: number;
  /** A window, or what a bucket holds. */
  capacity: number;
  level: number;
  untilFullMs: number;
}

export type Headers = Record<string, string>;

/** The headers an answer says its limits with, in its provider's own names and units. */
export function limitHeaders(
  profile: QuotaProfile,
  states: readonly LimitState[],
  now: number,
  kind: NonNullable<QuotaOptions['headers']>,
): Headers {
  if (kind === 'none') return {};
  return profile.name === 'anthropic' ? anthropicHeaders(profile, states, now) : openAiHeaders(profile, states, kind);
}

/** Same names at both; OpenAI speaks of a minute and in Go's durations, Azure of a window and in whole seconds. */
function openAiHeaders(profile: QuotaProfile, states: readonly LimitState[], kind: 'true' | 'sentinels'): Headers {
  const headers: Headers = {};
  for (const state of states) {
    const isAzure = profile.name === 'azure';
    const isTrue = kind === 'true';
    headers[`x-ratelimit-limit-${state.resource}`] = isTrue ? `${isAzure ? state.capacity : state.limit}` : '-1';
    headers[`x-ratelimit-remaining-${state.resource}`] = isTrue ? `${remaining(state, profile)}` : '-1';
    const reset = isAzure ? `${Math.ceil(state.untilFullMs / 1000)}` : goDuration(state.untilFullMs);
    headers[`x-ratelimit-reset-${state.resource}`] = isTrue ? reset : '0';
  }
  return headers;
}

/** `tokens` repeats the tighter one of input and output. */
function anthropicHeaders(profile: QuotaProfile, states: readonly LimitState[], now: number): Headers {
  const headers: Headers = {};
  const say = (name: string, state: LimitState) => {
    headers[`anthropic-ratelimit-${name}-limit`] = `${state.limit}`;
    headers[`anthropic-ratelimit-${name}-remaining`] = `${remaining(state, profile)}`;
    headers[`anthropic-ratelimit-${name}-reset`] = rfc3339(now + state.untilFullMs);
  };
  for (const state of states) say(state.resource.replace('_', '-'), state);
  const tokens = states.filter(({ resource }) => resource !== 'requests');
  const [tightest] = tokens.toSorted((a, b) => a.level - b.level);
  if (tightest) say('tokens', tightest);
  return headers;
}

function remaining({ resource, level }: LimitState, { remainingRoundedTo }: QuotaProfile): number {
  const whole = Math.max(0, Math.floor(level + 1e-6));
  if (resource === 'requests') return whole;
  return Math.round(whole / remainingRoundedTo) * remainingRoundedTo;
}

/** As Go writes one: `0s`, `120ms`, `9.816s`, `6m0s`, `1h0m0.5s`. Rounded up to milliseconds. */
export function goDuration(durationMs: number): string {
  const ms = Math.ceil(durationMs - 1e-6);
  if (ms <= 0) return '0s';
  if (ms < 1000) return `${ms}ms`;
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  const seconds = `${(ms % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** Whole seconds, never early. */
function rfc3339(instantMs: number): string {
  return new Date(Math.ceil(instantMs / 1000 - 1e-9) * 1000).toISOString().replace('.000Z', 'Z');
}

/** How long to wait after a refusal. Azure also says it in milliseconds. */
export function retryAfterHeaders(profile: QuotaProfile, waitMs: number): Headers {
  if (!profile.sendsRetryAfter || !Number.isFinite(waitMs)) return {};
  const headers: Headers = { 'retry-after': `${Math.max(1, Math.ceil(waitMs / 1000 - 1e-9))}` };
  if (profile.name !== 'anthropic') headers['retry-after-ms'] = `${Math.ceil(waitMs - 1e-6)}`;
  return headers;
}
