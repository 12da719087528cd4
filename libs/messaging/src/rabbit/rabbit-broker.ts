import type { AnyMessage } from '@planwright/contracts';
import { BootError, newId } from '@planwright/runtime';
import type { Logger } from '@planwright/runtime';
import type { Channel, ConsumeMessage } from 'amqplib';
import { noCounts } from '../broker.js';
import type {
  Broker,
  ConsumeOptions,
  Consumer,
  HandleDead,
  ParkedChoice,
  ParkedList,
  QueueState,
  Replayed,
  SubscribeOptions,
} from '../broker.js';
import { judge, judgeDead } from '../judge.js';
import { DEFAULT_RETRY_PAUSE } from '../retry-pause.js';
import type { RetryPause } from '../retry-pause.js';
import { DEFAULT_PREFIX, QUEUES, WORK_QUEUES } from '../topology.js';
import type { WorkQueue } from '../topology.js';
import { RabbitConnection } from './connection.js';
import { RabbitConsumer } from './consumer.js';
import { declareSubscription, declareTopology } from './declare.js';
import { ParkedQueue } from './parked-queue.js';
import { deadProperties, parkedMessage, propertiesOf } from './parked.js';
import { Publisher } from './publisher.js';
import { within } from './timing.js';
import { Watchdog } from './watchdog.js';

const CONTROL_TIMEOUT_MS = 10_000;
/** Some thousand parked messages, each fetched by a round trip of its own. */
const PARKED_TIMEOUT_MS = 120_000;
const SUBSCRIPTION_PREFETCH = 50;
const DEAD_PREFETCH = 10;

export interface RabbitBrokerOptions {
  url: string;
  /** Before every name on the broker; two installations can share one. Default `pw`. */
  prefix?: string;
  /** The process, as it shows in RabbitMQ's list of connections. */
  name: string;
  log: Logger;
  /** The first connection must stand within this time. Default 10,000. */
  connectTimeoutMs?: number;
  /** A publish waits this long for a lost or blocked connection. Default 5,000. */
  connectWaitMs?: number;
  /** A sent message may go this long without its confirm. Default 10,000. */
  confirmTimeoutMs?: number;
  /** Between two looks of the watchdog. Default 10,000. */
  watchIntervalMs?: number;
  retryPause?: RetryPause;
}

/** Connects and declares the topology. Throws a `BootError` when RabbitMQ can't be used. */
export async function createRabbitBroker(options: RabbitBrokerOptions): Promise<Broker> {
  const broker = new RabbitBroker(options);
  try {
    await broker.open();
  } catch (error) {
    await broker.close({ graceMs: 0 });
    throw error;
  }
  return broker;
}

/**
 * The broker over three connections: what publishes may be blocked by the server while consumers go on acknowledging,
 * and an error of the control channel (a queue that isn't there) disturbs neither.
 */
class RabbitBroker implements Broker {
  readonly counters = noCounts();
  readonly #prefix: string;
  readonly #connections: Record<'publish' | 'consume' | 'control', RabbitConnection>;
  readonly #publisher: Publisher;
  readonly #consumers = new Set<RabbitConsumer>();
  readonly #watchdog: Watchdog;
  readonly #parkedQueue: ParkedQueue;
  #closed: Promise<void> | null = null;

  constructor(readonly options: RabbitBrokerOptions) {
    const { url, name, log, prefix = DEFAULT_PREFIX } = options;
    this.#prefix = prefix;
    const connection = (purpose: string): RabbitConnection => new RabbitConnection({ url, purpose, name, log });
    this.#connections = {
      publish: connection('publish'),
      consume: connection('consume'),
      control: connection('control'),
    };
    this.#publisher = new Publisher({
      connection: this.#connections.publish,
      prefix,
      counters: this.counters,
      log,
      connectWaitMs: options.connectWaitMs ?? 5_000,
      confirmTimeoutMs: options.confirmTimeoutMs ?? 10_000,
    });
    this.#parkedQueue = new ParkedQueue({
      prefix,
      publisher: this.#publisher,
      onChannel: (work) => this.#control(work, PARKED_TIMEOUT_MS),
    });
    this.#watchdog = new Watchdog(this.#connections.consume, this.#consumers, options.watchIntervalMs ?? 10_000, log);
  }

  async open(): Promise<void> {
    const timeoutMs = this.options.connectTimeoutMs ?? 10_000;
    await Promise.all(Object.values(this.#connections).map((connection) => connection.open(timeoutMs)));
    try {
      await this.#control((channel) => declareTopology(channel, this.#prefix));
    } catch (error) {
      throw new BootError(
        `RabbitMQ has queues or exchanges "${this.#prefix}.*" that are not Planwright's own (${(error as Error).message}): ` +
          'delete them or use another virtual host.',
      );
    }
    await this.#publisher.ready(timeoutMs);
  }

  async publish(messages: readonly AnyMessage[]): Promise<void> {
    await this.#publisher.publish(messages);
  }

  consume({ queue, prefetch, handle }: ConsumeOptions): Promise<Consumer> {
    return this.#start({
      label: queue,
      prepare: (channel) => this.#prepare(channel, queue),
      prefetch,
      judge: ({ content }, delivery, patience) => judge(content, delivery, handle, patience),
      park: (message, reason) => this.#intoDead(message, queue, reason),
      onFailure: 'retry',
    });
  }

  consumeDead({ handle }: { handle: HandleDead }): Promise<Consumer> {
    return this.#start({
      label: QUEUES.dead,
      prepare: (channel) => this.#prepare(channel, QUEUES.dead),
      prefetch: DEAD_PREFETCH,
      judge: (message, delivery, patience) =>
        judgeDead(parkedMessage(message, this.#prefix), delivery, handle, patience),
      park: (message, reason) => this.#intoParked(message, reason),
      onFailure: 'retry',
    });
  }

  subscribe({ keys, handle }: SubscribeOptions): Promise<Consumer> {
    return this.#start({
      label: 'subscription',
      prepare: async (channel) => {
        await declareTopology(channel, this.#prefix);
        // A new name each time: the server may hold the old one for a dead connection it has not missed yet.
        const queue = `${this.#prefix}.${this.options.name}.${newId()}`;
        await declareSubscription(channel, this.#prefix, queue, keys);
        return queue;
      },
      prefetch: SUBSCRIPTION_PREFETCH,
      judge: ({ content }, delivery, patience) => judge(content, delivery, handle, patience),
      park: () => Promise.reject(new Error('a broadcast is never parked')),
      onFailure: 'drop',
    });
  }

  listParked({ limit = 100 } = {}): Promise<ParkedList> {
    return this.#parkedQueue.list(limit);
  }

  replayParked({ ids = 'all' }: { ids?: ParkedChoice } = {}): Promise<Replayed> {
    return this.#parkedQueue.replay(ids);
  }

  dropParked({ ids }: { ids: ParkedChoice }): Promise<number> {
    return this.#parkedQueue.drop(ids);
  }

  async queueStates(): Promise<Record<WorkQueue, QueueState>> {
    const states = await Promise.all(WORK_QUEUES.map(async (queue) => [queue, await this.#stateOf(queue)]));
    return Object.fromEntries(states) as Record<WorkQueue, QueueState>;
  }

  health(): Promise<void> {
    const consumers = [...this.#consumers].map(({ trouble }) => trouble);
    const trouble = [this.#publisher.trouble, ...consumers, this.#watchdog.trouble].find((each) => each !== null);
    return trouble ? Promise.reject(new Error(trouble)) : Promise.resolve();
  }

  close({ graceMs }: { graceMs: number }): Promise<void> {
    this.#closed ??= this.#shutDown(graceMs);
    return this.#closed;
  }

  async #shutDown(graceMs: number): Promise<void> {
    await this.#watchdog.close();
    await Promise.all([...this.#consumers].map((consumer) => consumer.close({ graceMs })));
    await this.#publisher.close();
    await Promise.all(Object.values(this.#connections).map((connection) => connection.close()));
  }

  async #start(
    own: Pick<RabbitConsumer['options'], 'label' | 'prepare' | 'prefetch' | 'judge' | 'park' | 'onFailure'>,
  ): Promise<Consumer> {
    if (this.#closed) throw new Error('the broker is closed');
    const consumer = new RabbitConsumer({
      ...own,
      retryPause: this.options.retryPause ?? DEFAULT_RETRY_PAUSE,
      connection: this.#connections.consume,
      counters: this.counters,
      log: this.options.log,
    });
    this.#consumers.add(consumer);
    const close = async (options?: { graceMs?: number }): Promise<void> => {
      await consumer.close(options);
      this.#consumers.delete(consumer);
    };
    try {
      await consumer.ready(CONTROL_TIMEOUT_MS);
    } catch (error) {
      await close();
      throw error;
    }
    return { close };
  }

  async #prepare(channel: Channel, queue: string): Promise<string> {
    await declareTopology(channel, this.#prefix);
    return `${this.#prefix}.${queue}`;
  }

  async #intoDead(message: ConsumeMessage, queue: string, reason: string): Promise<void> {
    const properties = deadProperties(message, queue, reason);
    await this.#publisher.toQueue(`${this.#prefix}.${QUEUES.dead}`, message.content, properties);
    this.counters.parked += 1;
    this.options.log.error({ queue, id: properties.messageId, reason }, 'a message was parked');
  }

  async #intoParked(message: ConsumeMessage, reason: string): Promise<void> {
    const properties = propertiesOf({ ...parkedMessage(message, this.#prefix), reason });
    await this.#publisher.toQueue(`${this.#prefix}.${QUEUES.parked}`, message.content, properties);
    this.counters.deadLetters += 1;
  }

  async #stateOf(queue: WorkQueue): Promise<QueueState> {
    try {
      const look = (channel: Channel) => channel.checkQueue(`${this.#prefix}.${queue}`);
      const { messageCount: messages, consumerCount: consumers } = await this.#control(look);
      return { messages, consumers };
    } catch (error) {
      if ((error as { code?: number }).code === 404) return { messages: 0, consumers: 0 };
      throw error;
    }
  }

  /** One operation on a channel of its own, which is closed after it. */
  async #control<T>(work: (channel: Channel) => Promise<T>, timeoutMs = CONTROL_TIMEOUT_MS): Promise<T> {
    const connection = await within(CONTROL_TIMEOUT_MS, 'connecting', this.#connections.control.model());
    const channel = await connection.createChannel();
    let failure: Error | null = null;
    channel.on('error', (error) => (failure = error));
    try {
      return await within(timeoutMs, 'the answer of RabbitMQ', work(channel));
    } catch (error) {
      throw failure ?? error;
    } finally {
      if (!failure) await channel.close().catch(() => undefined);
    }
  }
}
