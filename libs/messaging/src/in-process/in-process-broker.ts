import type { AnyMessage } from '@planwright/contracts';
import type { Logger } from '@planwright/runtime';
import { noCounts, PublishError } from '../broker.js';
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
import { BINDINGS, keyFits, QUEUES, routeOf, SUBSCRIPTION_LIMIT, WORK_QUEUES } from '../topology.js';
import type { WorkQueue } from '../topology.js';
import { InProcessConsumer } from './consumer.js';
import type { InProcessConsumerOptions } from './consumer.js';
import { ParkedItems, parkedMessage } from './parked-items.js';
import { InProcessQueue } from './queue.js';
import type { Item } from './queue.js';

const SUBSCRIPTION_PREFETCH = 50;
const DEAD_PREFETCH = 10;
/** Dead letters that nobody takes; the oldest go first. */
const MAX_DEAD = 1_000;

export interface InProcessBrokerOptions {
  log: Logger;
  retryPause?: RetryPause;
}

export function createInProcessBroker(options: InProcessBrokerOptions): InProcessBroker {
  return new InProcessBroker(options);
}

/**
 * The broker of `npm start`: queues in memory, which end with the process; the rows in PostgreSQL bring back what was
 * in them. It keeps what the contract says and what RabbitMQ does, messages as bytes included.
 */
export class InProcessBroker implements Broker {
  readonly counters = noCounts();
  readonly #queues = new Map<WorkQueue, InProcessQueue>(WORK_QUEUES.map((name) => [name, new InProcessQueue()]));
  readonly #subscriptions = new Map<InProcessQueue, readonly string[]>();
  readonly #consumers = new Set<InProcessConsumer>();
  readonly #dead = new InProcessQueue(MAX_DEAD);
  readonly #parked = new ParkedItems();
  #closed: Promise<void> | null = null;
  #ended = false;

  constructor(readonly options: InProcessBrokerOptions) {}

  publish(messages: readonly AnyMessage[]): Promise<void> {
    const failures: { id: string; reason: string }[] = [];
    for (const message of messages) {
      try {
        if (this.#ended) throw new Error('the broker is closed');
        this.#route(message);
      } catch (error) {
        failures.push({ id: message.id, reason: (error as Error).message });
      }
    }
    this.counters.published += messages.length - failures.length;
    this.counters.notPublished += failures.length;
    return failures.length > 0 ? Promise.reject(new PublishError(failures, messages.length)) : Promise.resolve();
  }

  consume({ queue, prefetch, handle }: ConsumeOptions): Promise<Consumer> {
    return this.#start({
      label: queue,
      queue: this.#queue(queue),
      prefetch,
      judge: ({ body }, delivery, patience) => judge(body, delivery, handle, patience),
      park: (item, reason) => this.#intoDead(item, queue, reason),
      onFailure: 'retry',
    });
  }

  consumeDead({ handle }: { handle: HandleDead }): Promise<Consumer> {
    return this.#start({
      label: QUEUES.dead,
      queue: this.#dead,
      prefetch: DEAD_PREFETCH,
      judge: (item, delivery, patience) => judgeDead(parkedMessage(item), delivery, handle, patience),
      park: (item, reason) => {
        this.#parked.add({ ...parkedMessage(item), reason });
        this.counters.deadLetters += 1;
      },
      onFailure: 'retry',
    });
  }

  async subscribe({ keys, handle }: SubscribeOptions): Promise<Consumer> {
    const queue = new InProcessQueue(SUBSCRIPTION_LIMIT);
    const consumer = await this.#start({
      label: 'subscription',
      queue,
      prefetch: SUBSCRIPTION_PREFETCH,
      judge: ({ body }, delivery, patience) => judge(body, delivery, handle, patience),
      park: () => undefined,
      onFailure: 'drop',
    });
    this.#subscriptions.set(queue, keys);
    return {
      close: async (options) => {
        this.#subscriptions.delete(queue);
        await consumer.close(options);
      },
    };
  }

  async listParked({ limit = 100 } = {}): Promise<ParkedList> {
    return { ...this.#parked.list(limit), waiting: this.#dead.length };
  }

  async replayParked({ ids = 'all' }: { ids?: ParkedChoice } = {}): Promise<Replayed> {
    return this.#parked.replay(ids, (message, body) => this.#route(message, body));
  }

  async dropParked({ ids }: { ids: ParkedChoice }): Promise<number> {
    return this.#parked.drop(ids);
  }

  async queueStates(): Promise<Record<WorkQueue, QueueState>> {
    const states = WORK_QUEUES.map((name) => {
      const { length: messages, takers: consumers } = this.#queue(name);
      return [name, { messages, consumers }];
    });
    return Object.fromEntries(states) as Record<WorkQueue, QueueState>;
  }

  health(): Promise<void> {
    return this.#closed ? Promise.reject(new Error('the broker is closed')) : Promise.resolve();
  }

  close({ graceMs }: { graceMs: number }): Promise<void> {
    this.#closed ??= this.#shutDown(graceMs);
    return this.#closed;
  }

  /** Puts bytes into a queue as a foreign publisher could. */
  inject(queue: WorkQueue, body: Buffer): void {
    this.#queue(queue).push({ body, id: null, name: null, failures: 0 });
  }

  /** `bytes` where they are not to be made anew. */
  #route(message: AnyMessage, bytes?: Uint8Array): void {
    const { exchange, key, body } = routeOf(message);
    const item: Item = { body: bytes ?? body, id: message.id, name: message.name, failures: 0 };
    if (exchange === 'evt') {
      for (const [queue, keys] of this.#subscriptions)
        if (keys.some((each) => keyFits(each, key))) queue.push({ ...item });
      return;
    }
    const binding = BINDINGS.find((each) => each.key === key);
    if (!binding) throw new Error(`unroutable, no queue takes ${key}`);
    this.#queue(binding.queue).push(item);
  }

  #intoDead(item: Item, queue: string, reason: string): void {
    const { body, id, name } = item;
    this.#dead.push({ body, id, name, failures: 0, dead: { queue, reason, parkedAt: new Date().toISOString() } });
    this.counters.parked += 1;
    this.options.log.error({ queue, id, reason }, 'a message was parked');
  }

  #queue(name: WorkQueue): InProcessQueue {
    const queue = this.#queues.get(name);
    if (!queue) throw new Error(`no queue ${name}`);
    return queue;
  }

  async #start(
    own: Pick<InProcessConsumerOptions, 'label' | 'queue' | 'prefetch' | 'judge' | 'park' | 'onFailure'>,
  ): Promise<Consumer> {
    if (this.#closed) throw new Error('the broker is closed');
    const consumer = new InProcessConsumer({
      ...own,
      retryPause: this.options.retryPause ?? DEFAULT_RETRY_PAUSE,
      counters: this.counters,
      log: this.options.log,
    });
    this.#consumers.add(consumer);
    return {
      close: async (options) => {
        await consumer.close(options);
        this.#consumers.delete(consumer);
      },
    };
  }

  async #shutDown(graceMs: number): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close({ graceMs })));
    this.#ended = true;
  }
}
