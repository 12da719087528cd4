import { parseMessage } from '@planwright/contracts';
import { ParkError, UnavailableError } from './broker.js';
import type { Delivery, Handle, HandleDead, ParkedMessage } from './broker.js';
import { pauseAfter } from './retry-pause.js';
import { DELIVERY_LIMIT } from './topology.js';
import { whileUnavailable } from './unavailable.js';
import type { Patience } from './unavailable.js';

/** How a delivery is to be settled. To park means the dead letters for a message, the parked queue for a dead letter. */
export type Outcome =
  { settle: 'ack' } | { settle: 'park'; reason: string } | { settle: 'requeue'; pauseMs: number; error: unknown };

/**
 * Checks a delivery at the edge, runs its handler, and says how to settle it. Both brokers settle by this, so a message
 * ends in the same way on either. Never throws.
 */
export async function judge(
  body: Uint8Array,
  delivery: Delivery,
  handle: Handle,
  patience: Patience,
): Promise<Outcome> {
  const parsed = parseMessage(body);
  if (!parsed.ok) return { settle: 'park', reason: parsed.reason };
  try {
    await whileUnavailable(() => handle(parsed.message, delivery), patience);
    return { settle: 'ack' };
  } catch (error) {
    if (error instanceof ParkError) return { settle: 'park', reason: error.message };
    return again(error, delivery, patience) ?? { settle: 'park', reason: lastWords(error, delivery) };
  }
}

/** The same for a dead letter, which ends among the parked messages in any case. */
export async function judgeDead(
  parked: ParkedMessage,
  delivery: Delivery,
  handle: HandleDead,
  patience: Patience,
): Promise<Outcome> {
  const { reason } = parked;
  // As many processes have died with it: a further one would, too.
  if (delivery.deliveries > DELIVERY_LIMIT + 1) return { settle: 'park', reason };
  const parsed = parseMessage(parked.body);
  try {
    await whileUnavailable(() => handle({ message: parsed.ok ? parsed.message : null, parked }), patience);
    return { settle: 'park', reason };
  } catch (error) {
    const untold = { settle: 'park', reason: `${reason}; its dead letter ${lastWords(error, delivery)}` } as const;
    return again(error, delivery, patience) ?? untold;
  }
}

/** Null when it was delivered often enough. What was only unavailable never is: it is not the message that failed. */
function again(error: unknown, { deliveries }: Delivery, { hurry, retryPause }: Patience): Outcome | null {
  if (error instanceof UnavailableError) {
    return { settle: 'requeue', pauseMs: hurry.aborted ? 0 : pauseAfter(deliveries, retryPause), error };
  }
  return deliveries > DELIVERY_LIMIT ? null : { settle: 'requeue', pauseMs: pauseAfter(deliveries, retryPause), error };
}

function lastWords(error: unknown, { deliveries }: Delivery): string {
  const sentence = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `failed ${deliveries} times; last: ${sentence.slice(0, 500)}`;
}
