import { setTimeout as sleep } from 'node:timers/promises';

/** Rejects with a sentence when `work` takes longer. The work itself goes on. */
export async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits, but not past the signal. Never rejects. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => undefined);
}

/** Full jitter: anywhere between 0 and `firstMs` × 2ⁿ, at most `maxMs`. */
export function jitter(failures: number, { firstMs = 100, maxMs = 5_000 } = {}): number {
  return Math.random() * Math.min(firstMs * 2 ** failures, maxMs);
}
