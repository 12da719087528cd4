import type { Logger } from '@planwright/runtime';
import type { Channel } from 'amqplib';
import type { RabbitConnection } from './connection.js';
import { KeptChannel } from './kept-channel.js';
import { pause, within } from './timing.js';

const ANSWER_TIMEOUT_MS = 5_000;

/** A consumer, as far as it is looked after from outside. */
export interface Watched {
  /** The queue it believes to be attached to, or null. */
  readonly queue: string | null;
  reattach(reason: string): Promise<void>;
}

/**
 * Compares, every `intervalMs`, the consumers this process believes to have with those the server counts, and has them
 * attached anew where the server has fewer. A consumer can be forgotten without a word (a failover; known issues of
 * every client), and then nothing else would ever notice.
 *
 * It looks from the consumers' connection, on a channel of its own: an exclusive queue answers to its connection alone,
 * and an answer also proves that the connection is alive.
 */
export class Watchdog {
  readonly #channel: KeptChannel<Channel>;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #lastLookAt = Date.now();

  constructor(
    connection: RabbitConnection,
    readonly consumers: ReadonlySet<Watched>,
    readonly intervalMs: number,
    readonly log: Logger,
  ) {
    this.#channel = new KeptChannel<Channel>({
      name: 'watchdog',
      open: async () => (await connection.model()).createChannel(),
      setup: () => Promise.resolve(),
      log,
    });
    this.#loop = this.#watch();
  }

  /** A sentence when the last complete look is too long ago. */
  get trouble(): string | null {
    const ageMs = Date.now() - this.#lastLookAt;
    return ageMs > 3 * this.intervalMs + 2 * ANSWER_TIMEOUT_MS ? `no answer from RabbitMQ for ${ageMs} ms` : null;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#channel.close();
    await this.#loop;
  }

  async #watch(): Promise<void> {
    for (;;) {
      await pause(this.intervalMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      try {
        await this.#look();
        this.#lastLookAt = Date.now();
      } catch (error) {
        if (!this.#stop.signal.aborted)
          this.log.warn({ reason: (error as Error).message }, 'consumers could not be checked');
      }
    }
  }

  async #look(): Promise<void> {
    const attached = Map.groupBy(
      [...this.consumers].filter((consumer) => consumer.queue !== null),
      (consumer) => consumer.queue ?? '',
    );
    for (const [queue, consumers] of attached) {
      const channel = await this.#channel.ready(ANSWER_TIMEOUT_MS);
      const counted = await within(ANSWER_TIMEOUT_MS, 'looking at a queue', channel.checkQueue(queue)).then(
        ({ consumerCount }) => consumerCount,
        (error: Error & { code?: number }) => {
          if (error.code === 404) return 0;
          throw error;
        },
      );
      if (counted >= consumers.length) continue;
      const reason = `${queue} has ${counted} consumers, ${consumers.length} of them should be here`;
      // One that was attached anew meanwhile, or closed, is left alone.
      await Promise.all(consumers.filter((one) => one.queue === queue).map((one) => one.reattach(reason)));
    }
  }
}
