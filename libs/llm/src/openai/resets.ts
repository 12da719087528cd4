import { durationMs, retryAfterMs } from '../http/header-values.js';
import { namedWaitMs } from './named-amounts.js';
import { usedUpForMs } from './rate-limit-headers.js';
import type { SaidError } from './said-error.js';

/** No provider's limit is longer than a month; more is a mistake, and beyond the calendar it could not be written. */
const LONGEST_MS = 31 * 86_400_000;

/**
 * When to come back, in milliseconds from now: the headers made for it, then what the body names, then the reset of a
 * limit that is used up. The `x-ratelimit-reset` headers come last: they say when all of a limit is back, and a
 * request needs only its share ("try again in 634ms" beside a reset of 59 s).
 */
export function resetsInMs(headers: Headers, said: SaidError, nowMs: number): number | null {
  const waits = [
    milliseconds(headers.get('retry-after-ms')),
    retryAfterMs(headers, nowMs),
    durationMs(said.retryDelay),
    namedWaitMs(said.message),
    usedUpForMs(headers),
  ];
  const waitMs = waits.find((wait) => wait !== null);
  return waitMs === undefined || waitMs === null ? null : Math.min(waitMs, LONGEST_MS);
}

function milliseconds(text: string | null): number | null {
  return text !== null && /^\d+(\.\d+)?$/.test(text.trim()) ? Math.ceil(Number(text)) : null;
}
