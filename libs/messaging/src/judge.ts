import { parseMessage } from '@planwright/contracts';
import { ParkError } from './broker.js';
import type { Delivery, Handle } from './broker.js';
import { DELIVERY_LIMIT } from './topology.js';

/** How a delivery is to be settled. */
export type Outcome =
  { settle: 'ack' } | { settle: 'park'; reason: string } | { settle: 'requeue'; pauseMs: number; error: unknown };

/** The pause before a failed message is delivered again: `firstMs`, three times as long each time, at most `maxMs`. */
export interface RetryPause {
  firstMs: number;
  maxMs: number;
}

/** 0.1, 0.3, 0.9, 2.7, 8.1, 24, 30, 30 … s: ten redeliveries last about two and a half minutes, a database's restart. */
export const DEFAULT_RETRY_PAUSE: RetryPause = { firstMs: 100, maxMs: 30_000 };

/**
 * Checks a delivery at the edge, runs its handler, and says how to settle it. Both brokers settle by this, so a message
 * ends in the same way on either. Never throws.
 */
export async function judge(
  body: Uint8Array,
  delivery: Delivery,
  handle: Handle,
  pause: RetryPause = DEFAULT_RETRY_PAUSE,
): Promise<Outcome> {
  const parsed = parseMessage(body);
  if (!parsed.ok) return { settle: 'park', reason: parsed.reason };
  try {
    await handle(parsed.message, delivery);
    return { settle: 'ack' };
  } catch (error) {
    if (error instanceof ParkError) return { settle: 'park', reason: error.message };
    if (delivery.deliveries > DELIVERY_LIMIT) {
      return { settle: 'park', reason: `failed ${delivery.deliveries} times; last: ${sentence(error)}` };
    }
    return { settle: 'requeue', pauseMs: pauseMs(delivery.deliveries, pause), error };
  }
}

/** ± 20 %, so that what failed together does not come back together. */
function pauseMs(deliveries: number, { firstMs, maxMs }: RetryPause): number {
  return Math.min(firstMs * 3 ** (deliveries - 1), maxMs) * (0.8 + Math.random() * 0.4);
}

function sentence(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500);
}
