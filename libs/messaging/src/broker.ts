import type { AnyMessage } from '@planwright/contracts';
import type { WorkQueue } from './topology.js';

/**
 * What every process knows of the message broker. Two implementations, one contract suite (`broker.contract.ts`):
 * RabbitMQ for the distributed system, and one inside the process for `npm start`.
 *
 * Delivery is at least once: a message may come twice, or again after its handler finished (a cut between the work and
 * the acknowledgement). Order is kept only while nothing is redelivered. Effects have to be fenced by the receiver.
 */
export interface Broker {
  /**
   * Resolves when the broker has confirmed every message; an empty list resolves at once. Rejects with `PublishError`,
   * which names each message that is not known to be taken; the others are. A message named there may still have
   * arrived (a confirm lost with its connection), so publishing it again can make a duplicate, never a loss.
   */
  publish(messages: readonly AnyMessage[]): Promise<void>;
  /**
   * Takes messages from a work queue, at most `prefetch` at a time. How `handle` ends settles the message: it resolves →
   * acknowledged; throws `ParkError` → parked with that reason; throws anything else → delivered again after a growing
   * pause, and parked after `DELIVERY_LIMIT` redeliveries. Resolves once attached; from then on the consumer repairs
   * itself until it is closed.
   */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /**
   * Gets a copy of every broadcast message whose routing key fits one of the keys (`*` one word, `#` any number). Lossy
   * by contract: nothing is kept for a process that is away, the oldest go when more than 10,000 wait, and a message
   * whose handler throws is logged and gone. Who needs all of them reads the rows.
   */
  subscribe(options: SubscribeOptions): Promise<Consumer>;
  /** Reads what is parked, oldest first, without taking it. */
  listParked(options?: { limit?: number }): Promise<ParkedList>;
  /** Resolves while messages can be published and every consumer is attached; rejects with a sentence otherwise. */
  health(): Promise<void>;
  /** What happened since the start, for metrics and tests. */
  readonly counters: Readonly<BrokerCounters>;
  /**
   * Stops taking messages, waits up to `graceMs` for handlers to finish, then for open confirms, and disconnects. What
   * is unfinished then is delivered to another consumer. Handlers can publish until they end.
   */
  close(options: { graceMs: number }): Promise<void>;
}

export interface Delivery {
  /** The work queue, or `subscription`. */
  queue: string;
  /** True when an earlier delivery of this message was not settled: its worker failed, died or lost its connection. */
  redelivered: boolean;
  /** How many times it was delivered, this one included: 1, 2, … */
  deliveries: number;
}

export type Handle = (message: AnyMessage, delivery: Delivery) => Promise<void>;

export interface ConsumeOptions {
  queue: WorkQueue;
  /** Messages in work at a time, for this consumer. */
  prefetch: number;
  handle: Handle;
}

export interface SubscribeOptions {
  keys: readonly string[];
  handle: Handle;
}

export interface Consumer {
  /** Takes no more messages and waits up to `graceMs` (default 0) for those in work. Idempotent. */
  close(options?: { graceMs?: number }): Promise<void>;
}

/** Thrown by a handler: this message can never be handled. It moves to the parked queue, with the reason. */
export class ParkError extends Error {
  override readonly name = 'ParkError';
}

/** Some messages of a `publish` were not confirmed. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  constructor(
    /** The messages that are not known to be taken, each with a sentence. */
    readonly failures: readonly { id: string; reason: string }[],
    total: number,
  ) {
    const first = failures[0];
    super(`${failures.length} of ${total} messages not published; ${first?.id}: ${first?.reason}`);
  }
}

export interface ParkedMessage {
  /** Message id, name and source queue, as far as they were readable. */
  id: string | null;
  name: string | null;
  queue: string | null;
  /** A sentence, or `delivery_limit` when the workers died with it again and again. */
  reason: string;
  /** ISO 8601. */
  parkedAt: string | null;
  body: Uint8Array;
}

export interface ParkedList {
  /** How many are parked in all. */
  total: number;
  messages: ParkedMessage[];
}

export interface BrokerCounters {
  published: number;
  notPublished: number;
  handled: number;
  /** Deliveries given back after a handler threw. */
  requeued: number;
  parked: number;
  /** Broadcast copies whose handler threw. */
  dropped: number;
  /** Settlements refused because their channel was gone; the copy delivered since then is not touched by them. */
  staleSettles: number;
  /** Times a consumer was attached anew. */
  reattached: number;
}

export function noCounts(): BrokerCounters {
  return {
    published: 0,
    notPublished: 0,
    handled: 0,
    requeued: 0,
    parked: 0,
    dropped: 0,
    staleSettles: 0,
    reattached: 0,
  };
}
