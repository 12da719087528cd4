import type { Channel } from 'amqplib';
import { BINDINGS, DEAD_KEY, DELIVERY_LIMIT, EXCHANGES, QUEUES, SUBSCRIPTION_LIMIT, WORK_QUEUES } from '../topology.js';

/**
 * Declares all exchanges, queues and bindings; does nothing where they exist. Everything here means the same on
 * RabbitMQ 3.10 and 4.x. Arguments can't be changed on an existing queue (406), so what an operator may want to tune
 * (max-length, consumer timeout) is left to policies.
 */
export async function declareTopology(channel: Channel, prefix: string): Promise<void> {
  const named = (name: string): string => `${prefix}.${name}`;
  await channel.assertExchange(named(EXCHANGES.cmd), 'direct', { durable: true });
  await channel.assertExchange(named(EXCHANGES.evt), 'topic', { durable: true });
  await channel.assertExchange(named(EXCHANGES.dlx), 'direct', { durable: true });

  for (const queue of [QUEUES.dead, QUEUES.parked]) {
    await channel.assertQueue(named(queue), {
      durable: true,
      // They have no dead-letter exchange, as what fails here must not go round in circles. So the broker must never give
      // up on a message either: reading without taking counts as a delivery, and from 4.0 on it would drop the message
      // after 20. The consumer of dead letters counts by itself.
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 },
    });
  }
  await channel.bindQueue(named(QUEUES.dead), named(EXCHANGES.dlx), DEAD_KEY);

  for (const queue of WORK_QUEUES) {
    await channel.assertQueue(named(queue), {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': DELIVERY_LIMIT,
        'x-dead-letter-exchange': named(EXCHANGES.dlx),
        'x-dead-letter-routing-key': DEAD_KEY,
        // Without `x-dead-letter-strategy: at-least-once`, on purpose. On 3.10.8 each queue that has it has a worker under
        // one supervisor of the server; queues deleted right after they were declared took it down, and then no queue
        // of this kind could be declared on that server until it was restarted. A dead letter that is lost in the
        // server is no loss: its step falls silent, and the sweeper sees that.
        'x-overflow': 'reject-publish',
      },
    });
  }
  for (const { queue, key } of BINDINGS) await channel.bindQueue(named(queue), named(EXCHANGES.cmd), key);
}

/** A process's own queue for broadcasts: it goes with its connection (exclusive) or with its consumer (auto-delete). */
export async function declareSubscription(
  channel: Channel,
  prefix: string,
  queue: string,
  keys: readonly string[],
): Promise<void> {
  await channel.assertQueue(queue, {
    durable: false,
    exclusive: true,
    autoDelete: true,
    arguments: { 'x-queue-type': 'classic', 'x-max-length': SUBSCRIPTION_LIMIT, 'x-overflow': 'drop-head' },
  });
  for (const key of keys) await channel.bindQueue(queue, `${prefix}.${EXCHANGES.evt}`, key);
}

/** Removes everything `declareTopology` made. For tests, and for taking an installation down. */
export async function deleteTopology(channel: Channel, prefix: string): Promise<void> {
  for (const queue of Object.values(QUEUES)) await channel.deleteQueue(`${prefix}.${queue}`);
  for (const exchange of Object.values(EXCHANGES)) await channel.deleteExchange(`${prefix}.${exchange}`);
}
