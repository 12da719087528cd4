import { createRabbitBroker, QUEUES } from '@planwright/messaging';
import type { Broker } from '@planwright/messaging';
import { BootError, createLogger } from '@planwright/runtime';
import { configSchema } from '../config.js';
import { countQueues } from '../count-queues.js';
import type { Terminal } from '../terminal.js';

/** Connects to RabbitMQ for one command. With a prefix that nobody uses it throws, and leaves nothing behind. */
export async function withBroker<T>(terminal: Terminal, work: (broker: Broker) => Promise<T>): Promise<T> {
  const config = terminal.read(configSchema.pick({ RABBITMQ_URL: true, PLANWRIGHT_PREFIX: true }));
  const { RABBITMQ_URL: url, PLANWRIGHT_PREFIX: prefix } = config;
  // Where RabbitMQ can't be reached, the broker below says so.
  const found = await countQueues(url, prefix, [QUEUES.parked]).catch(() => null);
  if (found?.counts.get(QUEUES.parked) === null) {
    throw new BootError(
      `RabbitMQ has no queues of prefix "${prefix}": set PLANWRIGHT_PREFIX to what the services have, or start them once.`,
    );
  }
  const broker = await createRabbitBroker({
    url,
    prefix,
    name: 'ops',
    // What happens is said in the command's own words.
    log: createLogger('ops', 'silent'),
  });
  try {
    return await work(broker);
  } finally {
    await broker.close({ graceMs: 0 });
  }
}
