import { connect } from 'amqplib';
import { Redis } from 'ioredis';

/** Empties queues of what no consumer has yet. Names that do not exist are no error. */
export async function purgeQueues(url: string, names: readonly string[]): Promise<void> {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  try {
    for (const name of names) {
      // The answer to an unknown name closes its channel.
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      const purged = await channel.purgeQueue(name).catch(() => null);
      if (purged) await channel.close();
    }
  } finally {
    await connection.close();
  }
}

/** Removes everything that is in a Redis. */
export async function flushRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.flushall();
  } finally {
    redis.disconnect();
  }
}
