/** The pause before a failed message is tried again: `firstMs`, three times as long each time, at most `maxMs`. */
export interface RetryPause {
  firstMs: number;
  maxMs: number;
}

/** 0.1, 0.3, 0.9, 2.7, 5, 5 … s: ten redeliveries last half a minute. A database's restart is another matter. */
export const DEFAULT_RETRY_PAUSE: RetryPause = { firstMs: 100, maxMs: 5_000 };

/** The pause after try number `tries` (1, 2, …); ± 20 %, so that what failed together does not come back together. */
export function pauseAfter(tries: number, { firstMs, maxMs }: RetryPause): number {
  return Math.min(firstMs * 3 ** (tries - 1), maxMs) * (0.8 + Math.random() * 0.4);
}
