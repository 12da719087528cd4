import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from './broker.js';
import { pauseAfter } from './retry-pause.js';
import type { RetryPause } from './retry-pause.js';

/** Longest pause between two tries in place. */
const MAX_PAUSE_MS = 5_000;
/** RabbitMQ takes back what is unacknowledged for 30 minutes, and closes the channel with it. */
const PATIENCE_MS = 20 * 60_000;

/** How long a delivery waits for what its handler needs. */
export interface Patience {
  retryPause: RetryPause;
  /** Aborted when waiting has no sense any more: the consumer closes, or the channel of the delivery is gone. */
  hurry: AbortSignal;
  /** From the first try on; 0 for a single one. Default `PATIENCE_MS`. */
  limitMs?: number;
  /** Called after each try that ended with an `UnavailableError`. */
  onUnavailable: (error: UnavailableError, pauseMs: number) => void;
}

/** Runs `work` again and again while it throws `UnavailableError`; rejects with its last error when patience ends. */
export async function whileUnavailable(work: () => Promise<void>, patience: Patience): Promise<void> {
  const { hurry, onUnavailable, limitMs = PATIENCE_MS } = patience;
  const pause = { firstMs: patience.retryPause.firstMs, maxMs: Math.min(patience.retryPause.maxMs, MAX_PAUSE_MS) };
  const giveUpAt = Date.now() + limitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      const pauseMs = pauseAfter(tries, pause);
      onUnavailable(error, pauseMs);
      if (Date.now() + pauseMs > giveUpAt) throw error;
      await sleep(pauseMs, undefined, { signal: hurry }).catch(() => undefined);
      if (hurry.aborted) throw error;
    }
  }
}
