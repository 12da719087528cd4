import type { AttemptResult } from '@planwright/persistence';
import type { Answer } from './post.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The pauses after a first attempt that is made at once, in milliseconds: the schedule of Standard Webhooks. */
export const PAUSES_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;
/** Pauses are longer by up to this share, so that what failed together does not come back together. */
const JITTER = 0.2;
/** A receiver is not waited for longer than this, whatever it says. */
const LONGEST_MS = 24 * HOUR;

/**
 * What follows from the answer to attempt number `attempt` (from 1). `random`: 0 to 1, the jitter. `now`: milliseconds
 * since 1970.
 */
export function decideDelivery(
  answer: Exclude<Answer, { type: 'stopped' }>,
  attempt: number,
  { random, now }: { random: number; now: number },
): AttemptResult {
  const status = answer.type === 'answered' ? answer.status : null;
  if (status !== null && status >= 200 && status < 300) return { type: 'delivered', status };
  const error = answer.type === 'answered' ? sentence(answer.status) : answer.error;
  const pause = PAUSES_MS[attempt - 1];
  if (status === 410 || pause === undefined) return { type: 'failed', gone: status === 410, status, error };
  const asked = answer.type === 'answered' ? askedPause(answer, now) : 0;
  return { type: 'retry', afterMs: Math.round(Math.max(pause * (1 + JITTER * random), asked)), status, error };
}

/** `Retry-After` of a receiver that is busy, in seconds or as a date, as milliseconds; 0 without one. */
function askedPause(
  { status, retryAfter = '' }: { status: number; retryAfter?: string | undefined },
  now: number,
): number {
  if (status !== 429 && status !== 503) return 0;
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * SECOND : Date.parse(retryAfter) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_MS) : 0;
}

function sentence(status: number): string {
  if (status === 410) return 'The receiver answered 410: it wants nothing more.';
  if (status >= 300 && status < 400) return `The receiver answered ${status}; redirects are not followed.`;
  return `The receiver answered ${status}.`;
}
