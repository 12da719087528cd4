import type { AnyMessage } from '@planwright/contracts';
import type { Logger } from '@planwright/runtime';
import type { ConfirmChannel, Options } from 'amqplib';
import { PublishError } from '../broker.js';
import type { BrokerCounters } from '../broker.js';
import type { Replayable } from '../parked-choice.js';
import { routeOf } from '../topology.js';
import type { RabbitConnection } from './connection.js';
import { declareTopology } from './declare.js';
import { InFlight } from './in-flight.js';
import { KeptChannel } from './kept-channel.js';
import { within } from './timing.js';

const MAX_UNCONFIRMED = 1_000;
const MAX_UNCONFIRMED_BYTES = 8 * 1024 * 1024;

export interface PublisherOptions {
  connection: RabbitConnection;
  prefix: string;
  counters: BrokerCounters;
  log: Logger;
  /** How long a publish waits for a connection (or for a blocked one) before it rejects. */
  connectWaitMs: number;
  /** How long a sent message may go without its confirm before the publish rejects. */
  confirmTimeoutMs: number;
}

interface Letter {
  exchange: string;
  key: string;
  body: Buffer;
  properties: Options.Publish;
}

/**
 * Publishes with confirms, on a connection of its own: RabbitMQ blocks publishing connections when it runs short, and
 * consumers on the same one could no longer acknowledge.
 *
 * What has one owner is `mandatory`. A message nobody can take is returned and then confirmed, in this order, so the
 * confirm looks whether its message came back first; the correlation id tells two copies of one message apart.
 */
export class Publisher {
  readonly #channel: KeptChannel<ConfirmChannel>;
  readonly #inFlight = new InFlight(MAX_UNCONFIRMED, MAX_UNCONFIRMED_BYTES);
  readonly #returned = new Map<string, string>();
  readonly #unconfirmed = new Set<Promise<void>>();
  #restoring: Promise<void> | null = null;
  #sent = 0;

  constructor(readonly options: PublisherOptions) {
    const { connection, prefix, log } = options;
    this.#channel = new KeptChannel<ConfirmChannel>({
      name: 'publish',
      open: async () => (await connection.model()).createConfirmChannel(),
      setup: async (channel) => {
        channel.on('return', ({ fields, properties }) => {
          const { replyText, exchange, routingKey } = fields as unknown as Record<string, string>;
          const reason = `${replyText}: no queue takes ${routingKey || 'it'} from ${exchange || 'the default exchange'}`;
          this.#returned.set(String(properties.correlationId), reason);
          this.#restore(channel);
        });
        await declareTopology(channel, prefix);
      },
      log,
    });
  }

  get trouble(): string | null {
    return this.options.connection.trouble ?? (this.#channel.current ? null : this.#channel.trouble);
  }

  async ready(timeoutMs: number): Promise<void> {
    await this.#channel.ready(timeoutMs);
  }

  /** Sends all in order, then awaits their confirms together. */
  publish(messages: readonly AnyMessage[]): Promise<void> {
    return this.#sendAll(messages.map((message) => ({ id: message.id, letter: () => this.#letter(message) })));
  }

  /** The same for parked messages, with the bytes they have. */
  replay(replayable: readonly Replayable[]): Promise<void> {
    const letter = ({ message, parked }: Replayable): Letter => ({
      ...this.#letter(message),
      body: Buffer.from(parked.body),
    });
    return this.#sendAll(replayable.map((each) => ({ id: each.message.id, letter: () => letter(each) })));
  }

  async #sendAll(messages: readonly { id: string; letter: () => Letter }[]): Promise<void> {
    const failures: { id: string; reason: string }[] = [];
    const confirms: Promise<void>[] = [];
    const fail = (id: string) => (error: Error) => void failures.push({ id, reason: error.message });
    // Once there is no channel to be had the rest need not wait for one, each in its turn.
    const down: { error?: Error } = {};
    for (const message of messages) {
      try {
        const letter = message.letter();
        if (down.error) throw down.error;
        const confirmed = await this.#post(letter, (error) => (down.error = error));
        confirms.push(confirmed.done.catch(fail(message.id)));
      } catch (error) {
        fail(message.id)(error as Error);
      }
    }
    await Promise.all(confirms);
    this.options.counters.published += messages.length - failures.length;
    this.options.counters.notPublished += failures.length;
    if (failures.length > 0) throw new PublishError(failures, messages.length);
  }

  /** Puts a body straight into a queue, whatever it is; resolves when confirmed. */
  async toQueue(queue: string, body: Buffer, properties: Options.Publish): Promise<void> {
    const letter = { exchange: '', key: queue, body, properties: { ...properties, mandatory: true, persistent: true } };
    await (
      await this.#post(letter, () => undefined)
    ).done;
  }

  /** Waits for open confirms, each at most its timeout, and closes the channel. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#unconfirmed);
    await this.#channel.close();
  }

  /** A queue has disappeared under the running system; the next try shall find it again. */
  #restore(channel: ConfirmChannel): void {
    this.#restoring ??= declareTopology(channel, this.options.prefix)
      .catch((err: unknown) => this.options.log.warn({ err }, 'queues could not be declared'))
      .finally(() => (this.#restoring = null));
  }

  #letter(message: AnyMessage): Letter {
    const { exchange, key, body } = routeOf(message);
    return {
      exchange: `${this.options.prefix}.${exchange}`,
      key,
      body,
      properties: {
        messageId: message.id,
        type: message.name,
        contentType: 'application/json',
        persistent: true,
        mandatory: exchange === 'cmd',
      },
    };
  }

  /** Resolves when sent; the promise inside when confirmed. `onDown` hears of a channel that can't be had. */
  async #post(letter: Letter, onDown: (error: Error) => void): Promise<{ done: Promise<void> }> {
    const { connectWaitMs, connection } = this.options;
    const bytes = letter.body.byteLength;
    await this.#inFlight.enter(bytes);
    try {
      await within(connectWaitMs, 'waiting for RabbitMQ to take messages again', connection.unblocked());
      const channel = this.#channel.current ?? (await this.#channel.ready(connectWaitMs));
      const confirmed = this.#send(channel, letter);
      const done = confirmed.finally(() => {
        this.#unconfirmed.delete(done);
        this.#inFlight.leave(bytes);
      });
      this.#unconfirmed.add(done);
      return { done };
    } catch (error) {
      this.#inFlight.leave(bytes);
      onDown(error as Error);
      throw error;
    }
  }

  #send(channel: ConfirmChannel, { exchange, key, body, properties }: Letter): Promise<void> {
    const correlationId = String((this.#sent += 1));
    const confirmed = new Promise<void>((resolve, reject) => {
      channel.publish(exchange, key, body, { ...properties, correlationId }, (error: Error | null) => {
        const reason = this.#returned.get(correlationId);
        this.#returned.delete(correlationId);
        if (error) reject(new Error(`RabbitMQ did not confirm it: ${error.message}`));
        else if (reason !== undefined) reject(new Error(`unroutable, ${reason}`));
        else resolve();
      });
    });
    return within(this.options.confirmTimeoutMs, 'the confirm of RabbitMQ', confirmed);
  }
}
