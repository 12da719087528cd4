import type { Logger } from '@planwright/runtime';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { BrokerCounters, Delivery, Handle } from '../broker.js';
import { judge } from '../judge.js';
import type { Outcome, RetryPause } from '../judge.js';
import { parkedProperties } from './parked.js';
import type { Publisher } from './publisher.js';
import type { SpareSlots } from './spare-slots.js';
import { pause } from './timing.js';

export interface SettlementOptions {
  /** The work queue's name without prefix, or `subscription`. */
  label: string;
  handle: Handle;
  /** What becomes of a message that is invalid or whose handler failed: work is retried or parked, a broadcast dropped. */
  onFailure: 'retry' | 'drop';
  retryPause: RetryPause;
  parkedQueue: string;
  publisher: Publisher;
  counters: BrokerCounters;
  log: Logger;
}

/** Where a message came from, and so the only place where it can be settled. */
export interface Origin {
  channel: Channel;
  spare: SpareSlots;
}

/**
 * Brings one delivery to its end: judged (`judge.ts`), then settled exactly once, on the channel that delivered it. When
 * that channel is gone by then, the server has already given the message to somebody, and an acknowledgement through a
 * newer channel would settle *their* copy: so the late settlement is refused here and counted.
 */
export class Settlement {
  constructor(readonly options: SettlementOptions) {}

  /** Resolves when the message is settled. A pause before a redelivery ends early with the signal. Never rejects. */
  async run(origin: Origin, message: ConsumeMessage, hurry: AbortSignal): Promise<void> {
    const { handle, retryPause, counters, onFailure } = this.options;
    const outcome = await judge(message.content, this.#delivery(message), handle, retryPause);
    if (outcome.settle === 'ack') {
      counters.handled += 1;
      return this.#settle(() => origin.channel.ack(message));
    }
    if (onFailure === 'drop') return this.#drop(origin, message, outcome);
    if (outcome.settle === 'park' && (await this.#park(message, outcome.reason))) {
      return this.#settle(() => origin.channel.ack(message));
    }
    return this.#requeue(origin, message, outcome, hurry);
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

  /** After its pause. The message stays unacknowledged meanwhile; a lent slot works in its stead. */
  async #requeue(origin: Origin, message: ConsumeMessage, outcome: Outcome, hurry: AbortSignal): Promise<void> {
    const { retryPause, counters, label, log } = this.options;
    const { pauseMs, error } = outcome.settle === 'requeue' ? outcome : { pauseMs: retryPause.maxMs, error: undefined };
    counters.requeued += 1;
    const id: unknown = message.properties.messageId;
    log.warn({ queue: label, id, pauseMs, err: error }, 'a message failed and will be delivered again');
    origin.spare.lend();
    await pause(pauseMs, hurry);
    this.giveBack(origin, message);
    origin.spare.giveBack();
  }

  /** False when the parked queue can't be reached: then the message stays where it is and is tried later. */
  async #park(message: ConsumeMessage, reason: string): Promise<boolean> {
    const { publisher, parkedQueue, counters, label, log } = this.options;
    const id: unknown = message.properties.messageId;
    try {
      await publisher.toQueue(parkedQueue, message.content, parkedProperties(message, label, reason));
    } catch (err) {
      log.error({ queue: label, id, reason, err }, 'a message could not be parked');
      return false;
    }
    counters.parked += 1;
    log.error({ queue: label, id, reason }, 'a message was parked');
    return true;
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
