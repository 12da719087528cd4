import type { Channel, ConsumeMessage } from 'amqplib';
import type { Consumer } from '../broker.js';
import type { RabbitConnection } from './connection.js';
import { KeptChannel } from './kept-channel.js';
import { Settlement } from './settlement.js';
import type { Origin, SettlementOptions } from './settlement.js';
import { Slots } from './slots.js';
import { jitter, pause, within } from './timing.js';

const ATTACH_TIMEOUT_MS = 10_000;

export interface RabbitConsumerOptions extends SettlementOptions {
  /** Declares what is read from, and says its full name; called for every attachment. */
  prepare: (channel: Channel) => Promise<string>;
  prefetch: number;
  connection: RabbitConnection;
}

interface Attachment extends Origin {
  queue: string;
  tag: string;
}

/**
 * The life of a consumer.
 *
 * **Attaching.** It has a channel of its own. Whenever that is new, the queue is declared (it may have been deleted),
 * the prefetch set for this consumer alone, and consumption begun. If any of this fails or hangs, the channel is given
 * up and, after a pause with jitter, another one tried; nobody has to call anything.
 *
 * **Attached.** Each delivery goes its own way to its end (`settlement.ts`), on the channel that delivered it. A message
 * that failed waits out its pause unacknowledged; a spare slot takes its place meanwhile, so it keeps no other waiting. One
 * that could not be handled because the database is away keeps its slot and is tried again in place (`unavailable.ts`).
 *
 * **Lost.** There are four ways to lose a queue, and each is noticed: the connection or the channel closes; the server
 * cancels the consumer (its queue was deleted, its node went away), which arrives as an empty delivery, and the consumer
 * is attached anew on the same channel, so work in hand can still be acknowledged; the server forgets it without a word,
 * which the watchdog sees from outside (`watchdog.ts`) and calls `reattach`.
 *
 * **Draining.** `close` cancels, gives what pauses back at once, and waits for the handlers up to the grace. Deliveries
 * that were already on their way go back untouched. Then the channel closes, and with it whatever was not finished is
 * delivered elsewhere.
 */
export class RabbitConsumer implements Consumer {
  readonly #channel: KeptChannel<Channel>;
  readonly #settlement: Settlement;
  readonly #draining = new AbortController();
  readonly #inWork = new Set<Promise<void>>();
  #attachment: Attachment | null = null;
  #attachments = 0;
  #closed: Promise<void> | null = null;

  constructor(readonly options: RabbitConsumerOptions) {
    this.#settlement = new Settlement(options);
    this.#channel = new KeptChannel<Channel>({
      name: `consume ${options.label}`,
      open: async () => (await options.connection.model()).createChannel(),
      setup: (channel, gone) => this.#attach(channel, AbortSignal.any([gone, this.#draining.signal])),
      log: options.log,
    });
  }

  /** The queue it is attached to, or null; null also while it closes. */
  get queue(): string | null {
    return !this.#draining.signal.aborted && this.#channel.current && this.#attachment ? this.#attachment.queue : null;
  }

  get trouble(): string | null {
    if (this.#draining.signal.aborted) return null;
    return this.queue === null
      ? `the consumer of ${this.options.label} is not attached: ${this.#channel.trouble}`
      : null;
  }

  async ready(timeoutMs: number): Promise<void> {
    await this.#channel.ready(timeoutMs);
  }

  /** Makes a new attachment on a new channel. */
  async reattach(reason: string): Promise<void> {
    if (this.#draining.signal.aborted) return;
    this.options.log.warn({ queue: this.options.label, reason }, 'a consumer is attached anew');
    await this.#channel.renew(reason);
  }

  close({ graceMs = 0 }: { graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#drain(graceMs);
    return this.#closed;
  }

  async #attach(channel: Channel, hurry: AbortSignal): Promise<void> {
    const { prefetch, prepare, counters, label } = this.options;
    this.#attachment = null;
    const queue = await prepare(channel);
    const take = (message: ConsumeMessage): void => this.#take(attachment, message);
    const slots = new Slots(channel, queue, prefetch, take, hurry);
    const attachment: Attachment = { channel, queue, tag: '', slots, hurry };
    await channel.prefetch(prefetch);
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (message) take(message);
      else void this.#attachAgain(channel, hurry);
    });
    attachment.tag = consumerTag;
    this.#attachment = attachment;
    this.#attachments += 1;
    if (this.#attachments > 1) {
      counters.reattached += 1;
      this.options.log.info({ queue: label }, 'a consumer is attached again');
    }
  }

  /** The server cancelled the consumer; its channel still serves. */
  async #attachAgain(channel: Channel, hurry: AbortSignal): Promise<void> {
    this.#attachment = null;
    this.options.log.warn({ queue: this.options.label }, 'RabbitMQ cancelled a consumer');
    await pause(jitter(1), this.#draining.signal);
    try {
      const isCurrent = (await this.#channel.ready(ATTACH_TIMEOUT_MS)) === channel;
      if (this.#draining.signal.aborted || !isCurrent) return;
      await within(ATTACH_TIMEOUT_MS, 'attaching a consumer', this.#attach(channel, hurry));
    } catch (error) {
      await this.#channel.renew((error as Error).message);
    }
  }

  #take(attachment: Attachment, message: ConsumeMessage): void {
    if (this.#draining.signal.aborted) return this.#settlement.giveBack(attachment, message);
    const work = this.#work(attachment, message).finally(() => this.#inWork.delete(work));
    this.#inWork.add(work);
  }

  async #work(attachment: Attachment, message: ConsumeMessage): Promise<void> {
    if (await attachment.slots.enter()) return this.#settlement.run(attachment, message);
    // With its channel gone the message is back already.
    if (this.#draining.signal.aborted) this.#settlement.giveBack(attachment, message);
  }

  async #drain(graceMs: number): Promise<void> {
    const { current } = this.#channel;
    this.#draining.abort();
    if (this.#attachment && current === this.#attachment.channel) {
      const { tag, slots } = this.#attachment;
      await within(ATTACH_TIMEOUT_MS, 'cancelling a consumer', Promise.all([current.cancel(tag), slots.stop()])).catch(
        () => undefined,
      );
    }
    await within(graceMs, 'finishing the messages in work', Promise.all(this.#inWork)).catch((error: Error) => {
      this.options.log.warn(
        { queue: this.options.label, open: this.#inWork.size, reason: error.message },
        'handlers did not end in time; their messages will be delivered again',
      );
    });
    await this.#channel.close();
  }
}
