import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Default 10,000. */
  timeoutMs?: number;
  /** What is waited for, for the error: "the run to end". */
  what: string;
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Waits until `condition` gives something truthy and returns that. Tests wait with it for conditions, never for a
 * duration. A condition that throws has not come true yet; its last error is told when time is up.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, what }: WaitOptions,
): Promise<Truthy<T>> {
  const giveUpAt = Date.now() + timeoutMs;
  let last: unknown;
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    try {
      last = undefined;
      const value = await condition();
      if (value) return value as Truthy<T>;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= giveUpAt) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, last === undefined ? {} : { cause: last });
    }
    await sleep(pauseMs);
  }
}
