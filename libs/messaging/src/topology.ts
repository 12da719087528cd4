import { MESSAGES, MAX_MESSAGE_BYTES, routingKey } from '@planwright/contracts';
import type { AnyMessage, StepClass } from '@planwright/contracts';

/** Queue names, without the prefix that every name on the broker has. `.v1` is the way to change a queue: declare v2, drain v1. */
export const QUEUES = {
  orchestrator: 'orchestrator.v1',
  generatorInteractive: 'generator.interactive.v1',
  generatorBackground: 'generator.background.v1',
  generatorFeatures: 'generator.features.v1',
  /** What could not be handled, on its way through the orchestrator to `parked`. */
  dead: 'dead.v1',
  /** The same when everything was told: kept for a person. */
  parked: 'parked.v1',
} as const;

/** The queues of commands and facts. */
export type WorkQueue = Exclude<(typeof QUEUES)[keyof typeof QUEUES], typeof QUEUES.parked | typeof QUEUES.dead>;
export const WORK_QUEUES: readonly WorkQueue[] = [
  QUEUES.orchestrator,
  QUEUES.generatorInteractive,
  QUEUES.generatorBackground,
  QUEUES.generatorFeatures,
];

/**
 * Exchanges, without prefix.
 *
 * `cmd` (direct) carries what has one owner: commands, and the generator's facts to the orchestrator. `evt` (topic)
 * carries what is for everybody; that nobody listens is normal there. `dlx` (direct) is where the broker itself puts
 * messages that used up their deliveries.
 *
 * Deliberately absent: an alternate exchange on `cmd`. Measured on RabbitMQ 3.10.8: with one that ends in a queue, an
 * unroutable `mandatory` message is confirmed and not returned, so the outbox would delete the row of a command that
 * nobody will ever read. Without one it is returned, the publish fails, and the row is sent again once the queue is
 * back.
 */
export const EXCHANGES = { cmd: 'cmd', evt: 'evt', dlx: 'dlx' } as const;

/** Redeliveries after which a message is a dead letter. The broker counts those of dead workers too, on every version. */
export const DELIVERY_LIMIT = 10;

/** Copies waiting for one subscriber; the oldest go first. */
export const SUBSCRIPTION_LIMIT = 10_000;

/** Routing key of dead letters. */
export const DEAD_KEY = 'dead';

export const DEFAULT_PREFIX = 'pw';

/** The queue of each class of steps. */
export const CLASS_QUEUES: Readonly<Record<StepClass, WorkQueue>> = {
  interactive: QUEUES.generatorInteractive,
  background: QUEUES.generatorBackground,
  features: QUEUES.generatorFeatures,
};

export interface Binding {
  queue: WorkQueue;
  key: string;
  /** The message that has this key. */
  name: string;
}

/** Which key of `cmd` leads to which queue, derived from each message's audience. */
export const BINDINGS: readonly Binding[] = [...MESSAGES.values()].flatMap(({ name, audience }): Binding[] => {
  if (audience === 'orchestrator') return [{ queue: QUEUES.orchestrator, key: name, name }];
  if (audience === 'everyone') return [];
  return Object.entries(CLASS_QUEUES).map(([stepClass, queue]) => ({ queue, key: `${name}.${stepClass}`, name }));
});

/** Names of the messages that arrive in a work queue. */
export function messagesOfQueue(queue: WorkQueue): string[] {
  return BINDINGS.filter((binding) => binding.queue === queue).map(({ name }) => name);
}

/** Names of the broadcast messages that fit one of a subscription's keys. */
export function messagesOfKeys(keys: readonly string[]): string[] {
  const broadcast = [...MESSAGES.values()].filter(({ audience }) => audience === 'everyone');
  return broadcast.map(({ name }) => name).filter((name) => keys.some((key) => keyFits(key, name)));
}

/** A topic pattern: words divided by dots, `*` for exactly one, `#` for any number of them. */
export function keyFits(pattern: string, key: string): boolean {
  const fits = (want: readonly string[], have: readonly string[]): boolean => {
    const [word, ...rest] = want;
    if (word === undefined) return have.length === 0;
    if (word === '#') return fits(rest, have) || (have.length > 0 && fits(want, have.slice(1)));
    return have.length > 0 && (word === '*' || word === have[0]) && fits(rest, have.slice(1));
  };
  return fits(pattern.split('.'), key.split('.'));
}

export interface Route {
  exchange: (typeof EXCHANGES)['cmd' | 'evt'];
  key: string;
  body: Buffer;
}

/** Where a message goes, and its bytes. Throws an `Error` with a sentence when it may not be published at all. */
export function routeOf(message: AnyMessage): Route {
  const definition = MESSAGES.get(message.name);
  if (!definition) throw new Error(`no message ${message.name} in the catalogue`);
  const body = Buffer.from(JSON.stringify(message));
  if (body.byteLength > MAX_MESSAGE_BYTES) {
    throw new Error(`${message.name} has ${body.byteLength} bytes; the limit is ${MAX_MESSAGE_BYTES}`);
  }
  return { exchange: definition.audience === 'everyone' ? 'evt' : 'cmd', key: routingKey(message), body };
}
