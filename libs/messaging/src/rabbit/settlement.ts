import type { Logger } from '@planwright/runtime';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { BrokerCounters, Delivery } from '../broker.js';
import type { Outcome } from '../judge.js';
import type { RetryPause } from '../retry-pause.js';
import type { Patience } from '../unavailable.js';
import type { Slots } from './slots.js';
import { pause } from './timing.js';

export interface SettlementOptions {
  /** The queue's name without prefix, or `subscription`. */
  label: string;
  /** Runs the handler and says how to settle the message. */
  judge: (message: ConsumeMessage, delivery: Delivery, patience: Patience) => Promise<Outcome>;
  /** Puts a message where its outcome `park` sends it; resolves when that is confirmed. */
  park: (message: ConsumeMessage, reason: string) => Promise<void>;
  /** What becomes of a message that is invalid or whose handler failed: work is retried or parked, a broadcast dropped. */
  onFailure: 'retry' | 'drop';
  retryPause: RetryPause;
  counters: BrokerCounters;
  log: Logger;
}

/** A message goes back after a pause. */
type Again = Pick<Extract<Outcome, { settle: 'requeue' }>, 'pauseMs' | 'error'>;

/** Where a message came from, and so the only place where it can be settled. */
export interface Origin {
  channel: Channel;
  slots: Slots;
  /** Aborted when its consumer closes or the channel has closed: pauses end, and what pauses goes back. */
  hurry: AbortSignal;
}

/**
 * Brings one delivery to its end: judged (`judge.ts`), then settled exactly once, on the channel that delivered it. When
 * that channel is gone by then, the server has already given the message to somebody, and an acknowledgement through a
 * newer channel would settle *their* copy: so the late settlement is refused here and counted.
 */
export class Settlement {
  constructor(readonly options: SettlementOptions) {}

  /** Resolves when the message is settled. It has entered a slot, and leaves it. Never rejects. */
  async run(origin: Origin, message: ConsumeMessage): Promise<void> {
    const again = await this.#handle(origin, message);
    origin.slots.leave();
    if (again) await this.#requeue(origin, message, again);
  }

  /** Settles the message, or says how it is to be delivered again. */
  async #handle(origin: Origin, message: ConsumeMessage): Promise<Again | null> {
    const { judge, counters, onFailure, retryPause } = this.options;
    const outcome = await judge(message, this.#delivery(message), this.#patience(origin, message));
    if (outcome.settle === 'ack') {
      counters.handled += 1;
      this.#settle(() => origin.channel.ack(message));
    } else if (onFailure === 'drop') {
      this.#drop(origin, message, outcome);
    } else if (outcome.settle === 'requeue') {
      return outcome;
    } else if (await this.#park(message, outcome.reason)) {
      this.#settle(() => origin.channel.ack(message));
    } else {
      return { pauseMs: retryPause.maxMs, error: undefined };
    }
    return null;
  }

  /** Back to its queue without touching it. */
  giveBack(origin: Origin, message: ConsumeMessage): void {
    this.#settle(() => origin.channel.nack(message, false, true));
  }

  #delivery({ fields, properties }: ConsumeMessage): Delivery {
    const { redelivered } = fields;
    // 4.x counts failures (x-delivery-count) and deliveries (x-acquired-count) apart, 3.x has the first for both.
    const count = (name: string): number => Number(properties.headers?.[name]) || 0;
    const earlier = redelivered ? Math.max(1, count('x-delivery-count'), count('x-acquired-count')) : 0;
    return { queue: this.options.label, redelivered, deliveries: earlier + 1 };
  }

  #patience({ hurry }: Origin, message: ConsumeMessage): Patience {
    const { retryPause, onFailure, counters, label: queue, log } = this.options;
    return {
      retryPause,
      hurry,
      ...(onFailure === 'drop' ? { limitMs: 0 } : {}),
      onUnavailable: (err, pauseMs) => {
        counters.unavailable += 1;
        const id: unknown = message.properties.messageId;
        log.warn({ queue, id, pauseMs, err }, 'a message waits for what its handler needs');
      },
    };
  }

  /** After its pause. The message stays unacknowledged meanwhile; a lent slot works in its stead. */
  async #requeue(origin: Origin, message: ConsumeMessage, { pauseMs, error }: Again): Promise<void> {
    const { counters, label, log } = this.options;
    counters.requeued += 1;
    const id: unknown = message.properties.messageId;
    log.warn({ queue: label, id, pauseMs, err: error }, 'a message failed and will be delivered again');
    origin.slots.lend();
    await pause(pauseMs, origin.hurry);
    this.giveBack(origin, message);
    origin.slots.giveBack();
  }

  /** False when its new queue can't be reached: then the message stays where it is and is tried later. */
  async #park(message: ConsumeMessage, reason: string): Promise<boolean> {
    const { park, label, log } = this.options;
    try {
      await park(message, reason);
      return true;
    } catch (err) {
      const id: unknown = message.properties.messageId;
      log.error({ queue: label, id, reason, err }, 'a message could not be parked');
      return false;
    }
  }

  #drop(origin: Origin, message: ConsumeMessage, outcome: Exclude<Outcome, { settle: 'ack' }>): void {
    this.options.counters.dropped += 1;
    const why = outcome.settle === 'park' ? { reason: outcome.reason } : { err: outcome.error };
    const id: unknown = message.properties.messageId;
    this.options.log.warn({ id, ...why }, 'a broadcast message was dropped');
    this.#settle(() => origin.channel.ack(message));
  }

  /** `settle` throws when its channel is closed: the message is somebody else's by now. */
  #settle(settle: () => void): void {
    try {
      settle();
    } catch {
      this.options.counters.staleSettles += 1;
    }
  }
}
