import type { SeenLimit } from '@planwright/contracts';
import { amount, durationMs } from '../http/header-values.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** How long the provider's window is: what its headers count is scaled to a minute. */
export interface LimitWindow {
  windowMs: number;
}

/**
 * What `x-ratelimit-{limit,remaining,reset}-*` say. OpenAI counts per minute; Azure reports what fits into 10 seconds
 * (`limit-requests: 20` for 120 a minute), which no header tells: its window is configured.
 *
 * Left out are values that are none (-1, 0 of 0, missing, unreadable), and limits per day: Groq's `requests` are per day
 * always, OpenAI's on the lowest tiers. As amounts per minute they would be 1,440 times too many; spread over the day, too
 * few. When a day's limit is used up, the refusal names the time.
 */
export function seenLimits(headers: Headers, { windowMs }: LimitWindow = { windowMs: MINUTE_MS }): SeenLimit[] {
  const requests = readTriple(headers, 'requests');
  const tokens = tighter(readTriple(headers, 'tokens'), readTriple(headers, 'project-tokens'));
  const perMinute = (amount: number) => Math.floor((amount * MINUTE_MS) / windowMs);
  return [
    { resource: 'requests' as const, triple: requests },
    { resource: 'tokens' as const, triple: tokens },
  ].flatMap(({ resource, triple }) =>
    triple === null
      ? []
      : [
          {
            resource,
            limit: perMinute(triple.limit),
            remaining: perMinute(triple.remaining),
            resetsInMs: triple.resetsInMs,
          },
        ],
  );
}

/** The longest reset among the limits of which nothing is left; null where none is used up. Of a day's limits, too. */
export function usedUpForMs(headers: Headers): number | null {
  const waits = ['requests', 'tokens', 'project-tokens'].flatMap((name) => {
    const resetsInMs = durationMs(headers.get(`x-ratelimit-reset-${name}`));
    const isUsedUp = amount(headers.get(`x-ratelimit-remaining-${name}`)) === 0;
    return isUsedUp && resetsInMs !== null && resetsInMs > 0 ? [resetsInMs] : [];
  });
  return waits.length === 0 ? null : Math.max(...waits);
}

interface Triple {
  limit: number;
  remaining: number;
  resetsInMs: number | null;
}

function readTriple(headers: Headers, name: string): Triple | null {
  const limit = amount(headers.get(`x-ratelimit-limit-${name}`));
  const remaining = amount(headers.get(`x-ratelimit-remaining-${name}`));
  if (limit === null || limit === 0 || remaining === null) return null;
  const reset = headers.get(`x-ratelimit-reset-${name}`);
  const triple = { limit, remaining: Math.min(remaining, limit), resetsInMs: durationMs(reset) };
  return isPerDay(triple, reset) ? null : triple;
}

/** The one of which less is left; where as much is left, the smaller limit. */
function tighter(a: Triple | null, b: Triple | null): Triple | null {
  if (a === null || b === null) return a ?? b;
  if (a.remaining !== b.remaining) return a.remaining < b.remaining ? a : b;
  return a.limit <= b.limit ? a : b;
}

/**
 * A bucket that fills evenly tells its window: what was taken comes back in the share of the window it is of the limit.
 * Only durations with a unit come from such buckets; plain seconds are the end of a fixed window.
 */
function isPerDay({ limit, remaining, resetsInMs }: Triple, reset: string | null): boolean {
  if (resetsInMs === null || reset === null || !/[a-z]/i.test(reset) || remaining >= limit) return false;
  const windowMs = (resetsInMs * limit) / (limit - remaining);
  return Math.abs(windowMs - DAY_MS) < DAY_MS / 10;
}
