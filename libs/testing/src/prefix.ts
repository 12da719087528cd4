import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { serviceAddresses } from './services/addresses.js';
import { newTestName } from './test-run.js';

export interface TestPrefix {
  /** About 20 characters of `a-z0-9_`, for names of queues and exchanges and for Redis keys; no other file has it. */
  prefix: string;
  /** Deletes these queues, whatever is in them. AMQP cannot list queues: they are named by whoever made them. */
  deleteQueues(names: readonly string[]): Promise<void>;
  deleteExchanges(names: readonly string[]): Promise<void>;
  /** Deletes every Redis key that begins with the prefix. */
  deleteKeys(): Promise<void>;
}

/** What keeps test files apart that run at the same time on one RabbitMQ and one Redis. */
export function testPrefix(): TestPrefix {
  const prefix = newTestName('pw');
  return {
    prefix,
    deleteQueues: (names) => deleteQueues(serviceAddresses().rabbitmq, names),
    deleteExchanges: (names) => deleteExchanges(serviceAddresses().rabbitmq, names),
    deleteKeys: () => deleteKeys(serviceAddresses().redis, prefix),
  };
}

/** Names that do not exist (any more) are no error. */
export async function deleteQueues(url: string, names: readonly string[]): Promise<void> {
  await onBroker(url, async (channel) => {
    for (const name of names) await channel.deleteQueue(name);
  });
}

export async function deleteExchanges(url: string, names: readonly string[]): Promise<void> {
  await onBroker(url, async (channel) => {
    for (const name of names) await channel.deleteExchange(name);
  });
}

/** With SCAN, so that a shared Redis keeps serving others. The prefix must hold none of `*?[]\`. */
export async function deleteKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000);
      cursor = next;
      if (keys.length > 0) await redis.unlink(...keys);
    } while (cursor !== '0');
  } finally {
    redis.disconnect();
  }
}

type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createChannel']>>;

async function onBroker(url: string, work: (channel: Channel) => Promise<void>): Promise<void> {
  const connection = await connect(url);
  try {
    await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}
