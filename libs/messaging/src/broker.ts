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
   * acknowledged; throws `ParkError` → a dead letter with that reason; throws `UnavailableError` → tried again in place;
   * throws anything else → delivered again after a growing pause, and a dead letter after `DELIVERY_LIMIT` redeliveries.
   * Resolves once attached; from then on the consumer repairs itself until it is closed.
   */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /**
   * Takes dead letters: what no handler could take, and what died with its workers. However `handle` ends, the message
   * then moves to the parked queue (confirmed, then acknowledged) and stays there for a person: when it resolves, and
   * also after it threw on the first delivery and on `DELIVERY_LIMIT` more, or killed its process as often. Only an
   * `UnavailableError` makes it wait. A crash between the move and the acknowledgement makes a second copy with the same
   * id among the parked ones; copies are not looked for.
   */
  consumeDead(options: { handle: HandleDead }): Promise<Consumer>;
  /**
   * Gets a copy of every broadcast message whose routing key fits one of the keys (`*` one word, `#` any number). Lossy
   * by contract: nothing is kept for a process that is away, the oldest go when more than 10,000 wait, and a message
   * whose handler throws is logged and gone. Who needs all of them reads the rows.
   */
  subscribe(options: SubscribeOptions): Promise<Consumer>;
  /**
   * Reads what is parked, oldest first, without taking it; `limit` (default 100) is `PARKED_LIMIT` at most. While it or
   * one of the next two lasts, another reader does not see the messages.
   */
  listParked(options?: { limit?: number }): Promise<ParkedList>;
  /**
   * Publishes parked messages again, with their own ids, to the queues of their names, and takes each from the parked
   * ones once that is confirmed. What can't be read or routed stays. Looks at the oldest `PARKED_LIMIT`; default `all`.
   * A replayed message counts only if nothing has settled its matter since: every effect is fenced.
   */
  replayParked(options?: { ids?: ParkedChoice }): Promise<Replayed>;
  /** Deletes parked messages, of the oldest `PARKED_LIMIT`; answers how many. */
  dropParked(options: { ids: ParkedChoice }): Promise<number>;
  /** Each work queue as it is now, for all processes; zeros for one that is not there. */
  queueStates(): Promise<Record<WorkQueue, QueueState>>;
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

/** Thrown by a handler: this message can never be handled. It becomes a dead letter, with the reason. */
export class ParkError extends Error {
  override readonly name = 'ParkError';
}

/**
 * Thrown by a handler: what it needs is away (the database restarts), so the message is as good as before. It is tried
 * again in place: it stays unacknowledged and keeps its slot, as what comes behind it would fare no better; the pauses
 * grow to 5 s; no delivery is counted. This ends when the consumer closes or loses its channel (the message is then given
 * back or is somebody else's already), and after 20 minutes (`unavailable.ts`), when it is given back as a failed one.
 * A broadcast is not retried: it is dropped as after any other error.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
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
  /** What a person calls it by: the message id or, without one, `sha256:` and 16 hex digits of the body's hash. */
  handle: string;
  /** Message id, name and source queue (without the prefix), as far as they were readable. */
  id: string | null;
  name: string | null;
  queue: string | null;
  /** A sentence, or `delivery_limit` when the workers died with it again and again. */
  reason: string;
  /** When it became a dead letter. ISO 8601. */
  parkedAt: string | null;
  body: Uint8Array;
}

export interface DeadLetter {
  /** Null when it can't be read: not JSON, unknown, of another version, against its schema. */
  message: AnyMessage | null;
  parked: ParkedMessage;
}

export type HandleDead = (letter: DeadLetter) => Promise<void>;

export interface ParkedList {
  /** How many are parked in all. */
  total: number;
  /** Dead letters on their way here. */
  waiting: number;
  messages: ParkedMessage[];
}

export interface QueueState {
  /** Messages that wait, without those in work. */
  messages: number;
  /** Consumers attached; one more for each message that waits for its redelivery (its slot is lent). */
  consumers: number;
}

/** Handles of parked messages. A handle that several copies share means all of them. */
export type ParkedChoice = readonly string[] | 'all';

export interface Replayed {
  replayed: number;
  /** What stayed, and handles that name nothing; each with a sentence. */
  notReplayable: { id: string; reason: string }[];
}

/** Parked messages that one call looks at. */
export const PARKED_LIMIT = 10_000;

export interface BrokerCounters {
  published: number;
  notPublished: number;
  handled: number;
  /** Deliveries given back after a handler threw. */
  requeued: number;
  /** Times a handler ended with `UnavailableError`. */
  unavailable: number;
  /** Messages that became dead letters by a handler or at the edge; not those the server dead-lettered itself. */
  parked: number;
  /** Dead letters that were handled and moved to the parked queue. */
  deadLetters: number;
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
    unavailable: 0,
    parked: 0,
    deadLetters: 0,
    dropped: 0,
    staleSettles: 0,
    reattached: 0,
  };
}
