import { createRabbitBroker } from '@planwright/messaging';
import type { Broker } from '@planwright/messaging';
import { createLogger } from '@planwright/runtime';
import { configSchema } from '../config.js';
import type { Terminal } from '../ops.js';

/** Connects to RabbitMQ for one command. */
export async function withBroker<T>(terminal: Terminal, work: (broker: Broker) => Promise<T>): Promise<T> {
  const config = terminal.read(configSchema.pick({ RABBITMQ_URL: true, PLANWRIGHT_PREFIX: true }));
  const broker = await createRabbitBroker({
    url: config.RABBITMQ_URL,
    prefix: config.PLANWRIGHT_PREFIX,
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
