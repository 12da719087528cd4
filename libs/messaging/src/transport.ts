import type { AnyMessage } from '@planwright/contracts';
import { BootError } from '@planwright/runtime';
import { BaseRpcContext, Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { ParkError } from './broker.js';
import type { Broker, Consumer, Delivery } from './broker.js';
import { messagesOfKeys, messagesOfQueue } from './topology.js';
import type { WorkQueue } from './topology.js';

export interface PlanwrightTransportOptions {
  /** Stays open when the transport closes: whoever made it closes it. */
  broker: Broker;
  consume?: readonly { queue: WorkQueue; prefetch: number }[];
  /** Keys of broadcast messages. */
  subscribe?: readonly string[];
  /** The messages this app handles. Default: all that arrive in its queues and fit its keys. */
  messages?: readonly string[];
  /** How long closing waits for handlers. Default 10,000. */
  graceMs?: number;
}

/** What a handler can ask about the delivery, as `@Ctx()`. */
export class DeliveryContext extends BaseRpcContext<[Delivery]> {
  getDelivery(): Delivery {
    return this.args[0];
  }
}

/**
 * Nest's entry for messages: controllers say `@HandleMessage('step.generate')` and the broker behind it is either one.
 * Nest's own RabbitMQ transport can't stand here: its prefetch fills up with messages whose handlers threw, a consumer
 * the server cancelled stays deaf, and closing does not wait for handlers.
 *
 * Before it takes the first message it compares the handlers with the messages its queues can bring, so that a missing
 * or doubled one is found at boot and not by a message.
 */
export class PlanwrightTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('planwright');
  /** Handlers' errors are the broker's business: it settles and logs. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #consumers: Consumer[] = [];

  constructor(readonly options: PlanwrightTransportOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.#start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    const graceMs = this.options.graceMs ?? 10_000;
    await Promise.all(this.#consumers.splice(0).map((consumer) => consumer.close({ graceMs })));
  }

  /** There are no transport events to listen to; the broker has `counters` and `health`. */
  on(): void {}

  unwrap<T>(): T {
    return this.options.broker as T;
  }

  async #start(): Promise<void> {
    this.#checkHandlers();
    const { broker, consume = [], subscribe = [] } = this.options;
    const handle = (message: AnyMessage, delivery: Delivery): Promise<void> => this.#handle(message, delivery);
    for (const { queue, prefetch } of consume) this.#consumers.push(await broker.consume({ queue, prefetch, handle }));
    if (subscribe.length > 0) this.#consumers.push(await broker.subscribe({ keys: subscribe, handle }));
  }

  async #handle(message: AnyMessage, delivery: Delivery): Promise<void> {
    const handler = this.getHandlerByPattern(message.name);
    if (!handler) throw new ParkError(`no handler for ${message.name}`);
    const result: unknown = await handler(message, new DeliveryContext([delivery]));
    await lastValueFrom(this.transformToObservable(result), { defaultValue: undefined });
  }

  /** Exactly one handler for each message, and no handler that would never be called. */
  #checkHandlers(): void {
    const { consume = [], subscribe = [] } = this.options;
    const arriving = new Set([...consume.flatMap(({ queue }) => messagesOfQueue(queue)), ...messagesOfKeys(subscribe)]);
    const expected = new Set(this.options.messages ?? arriving);
    const handlers = this.getHandlers();
    const problems = [
      ...[...expected]
        .filter((name) => !handlers.has(name))
        .map((name) => `${name} has no handler: add a method with @HandleMessage('${name}') to a controller`),
      ...[...handlers]
        .filter(([, { next }]) => next !== undefined)
        .map(([name]) => `${name} has more than one handler: keep one @HandleMessage('${name}')`),
      ...[...handlers.keys()]
        .filter((name) => !arriving.has(name))
        .map((name) => `the handler of ${name} is never called: no queue or key of this app brings it`),
    ];
    if (problems.length > 0) throw new BootError(`Message handlers are wired wrongly: ${problems.join('; ')}.`);
  }
}
