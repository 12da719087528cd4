import { newId } from '@planwright/runtime';
import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * A message that waits for its redelivery is unacknowledged and so occupies one of its consumer's prefetch slots. With
 * two such messages at prefetch 2 the good ones behind them would stand still for as long as the pauses last. For each
 * message that pauses, one slot is therefore lent: a further consumer of prefetch 1 on the same channel. At most as many
 * as the prefetch, since what fails on such a scale is not the message.
 *
 * A slot that is no longer needed is cancelled when its next message arrives, and so works one message more. While that
 * one is unacknowledged the server sends nothing else to it; cancelled when idle it could just be given a message, which
 * the server then takes back and counts as a failed delivery (seen on 3.10.8 with every second redelivery).
 */
export class SpareSlots {
  readonly #tags = new Set<string>();
  #pausing = 0;
  #change: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    readonly channel: Channel,
    readonly queue: string,
    readonly limit: number,
    readonly onDelivery: (message: ConsumeMessage) => void,
  ) {}

  lend(): void {
    this.#pausing += 1;
    this.#inTurn(async () => {
      while (this.#tags.size < this.#wanted()) await this.#open();
    });
  }

  giveBack(): void {
    this.#pausing -= 1;
  }

  /** Cancels all; resolves when the server sends nothing more to them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#inTurn(async () => {
      for (const tag of this.#tags) await this.#cancel(tag);
    });
    await this.#change;
  }

  #wanted(): number {
    return this.#stopped ? 0 : Math.min(this.#pausing, this.limit);
  }

  async #open(): Promise<void> {
    // Our own tag, as the first message can be here before the answer to `consume` is.
    const consumerTag = newId();
    const take = (message: ConsumeMessage | null): void => {
      // Without a message the server has cancelled it; the main consumer hears of that too.
      if (!message) return void this.#tags.delete(consumerTag);
      if (this.#tags.size > this.#wanted()) this.#inTurn(() => this.#cancel(consumerTag));
      this.onDelivery(message);
    };
    this.#tags.add(consumerTag);
    await this.channel.prefetch(1);
    await this.channel.consume(this.queue, take, { consumerTag });
  }

  async #cancel(tag: string): Promise<void> {
    if (this.#tags.delete(tag)) await this.channel.cancel(tag);
  }

  #inTurn(change: () => Promise<void>): void {
    // When it fails the channel is gone, and its consumers with it.
    this.#change = this.#change.then(change).catch(() => undefined);
  }
}
