import type { Logger } from '@planwright/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerCounters, Consumer, Delivery } from '../broker.js';
import type { Outcome } from '../judge.js';
import type { RetryPause } from '../retry-pause.js';
import type { Patience } from '../unavailable.js';
import type { InProcessQueue, Item, Taker } from './queue.js';

/** More than so many, and what fails is not the message: then they do occupy slots. */
const MAX_PAUSING = 100;

export interface InProcessConsumerOptions {
  label: string;
  queue: InProcessQueue;
  prefetch: number;
  /** Runs the handler and says how to settle the item. */
  judge: (item: Item, delivery: Delivery, patience: Patience) => Promise<Outcome>;
  /** Puts an item where its outcome `park` sends it. */
  park: (item: Item, reason: string) => void;
  onFailure: 'retry' | 'drop';
  retryPause: RetryPause;
  counters: BrokerCounters;
  log: Logger;
}

/**
 * Takes items as RabbitMQ's consumer does (`../rabbit/consumer.ts`): at most `prefetch` in work, a failed one pauses
 * without occupying a slot, and what is unfinished when the grace is over goes back to the queue; the handler that ends
 * after that settles nothing.
 */
export class InProcessConsumer implements Consumer, Taker {
  readonly #draining = new AbortController();
  readonly #inWork = new Map<Item, Promise<void>>();
  #pausing = 0;
  #closed: Promise<void> | null = null;

  constructor(readonly options: InProcessConsumerOptions) {
    options.queue.attach(this);
  }

  get free(): number {
    return this.options.prefetch - (this.#inWork.size - Math.min(this.#pausing, MAX_PAUSING));
  }

  take(item: Item): void {
    this.#inWork.set(item, this.#process(item));
  }

  close({ graceMs = 0 }: { graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#drain(graceMs);
    return this.#closed;
  }

  async #process(item: Item): Promise<void> {
    const { label, judge, onFailure, counters, log, queue, park } = this.options;
    const delivery = { queue: label, redelivered: item.failures > 0, deliveries: item.failures + 1 };
    const outcome = await judge(item, delivery, this.#patience(item));
    if (!this.#inWork.has(item)) {
      counters.staleSettles += 1;
      return;
    }
    if (outcome.settle === 'ack') {
      counters.handled += 1;
    } else if (onFailure === 'drop') {
      counters.dropped += 1;
      log.warn(
        { id: item.id, ...(outcome.settle === 'park' ? { reason: outcome.reason } : { err: outcome.error }) },
        'a broadcast message was dropped',
      );
    } else if (outcome.settle === 'park') {
      park(item, outcome.reason);
    } else {
      counters.requeued += 1;
      log.warn(
        { queue: label, id: item.id, pauseMs: outcome.pauseMs, err: outcome.error },
        'a message failed and will be delivered again',
      );
      await this.#pause(outcome.pauseMs);
      if (this.#inWork.has(item)) queue.putBack(item);
    }
    this.#inWork.delete(item);
    queue.schedule();
  }

  #patience({ id }: Item): Patience {
    const { retryPause, onFailure, counters, label: queue, log } = this.options;
    return {
      retryPause,
      hurry: this.#draining.signal,
      ...(onFailure === 'drop' ? { limitMs: 0 } : {}),
      onUnavailable: (err, pauseMs) => {
        counters.unavailable += 1;
        log.warn({ queue, id, pauseMs, err }, 'a message waits for what its handler needs');
      },
    };
  }

  async #pause(durationMs: number): Promise<void> {
    this.#pausing += 1;
    this.options.queue.schedule();
    await sleep(durationMs, undefined, { signal: this.#draining.signal }).catch(() => undefined);
    this.#pausing -= 1;
  }

  async #drain(graceMs: number): Promise<void> {
    this.options.queue.detach(this);
    this.#draining.abort();
    const late = new AbortController();
    await Promise.race([
      Promise.all(this.#inWork.values()),
      sleep(graceMs, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    for (const item of [...this.#inWork.keys()].reverse()) this.options.queue.putBack(item);
    this.#inWork.clear();
  }
}
