import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { SERVICES } from './addresses.js';
import { ownServices, type OwnServices } from './own-services.js';
import { speakTo } from './speak.js';
import { flushRedis, purgeQueues } from './wipe.js';

const QUEUE = 'kept';

test('durable services keep what was confirmed when they are killed or shut down, until they are wiped', async () => {
  const own = await ownServices({ durable: true });
  try {
    await withPostgres(own, (client) => client.query('create table kept (way text)'));
    // In this order: a RabbitMQ 3.10 that is killed within about two seconds of a queue's declaration forgets the queue
    // but not its log, and a queue declared again under the same name then never confirms anything.
    for (const way of ['shutDown', 'kill'] as const) {
      await withPostgres(own, (client) => client.query('insert into kept values ($1)', [way]));
      await withRedis(own, (redis) => redis.rpush(QUEUE, way));
      await withRabbitMq(own, way);
      await Promise.all(SERVICES.map((service) => own[service][way]()));
      for (const service of SERVICES) await expect(speakTo(service, own[service].url)).rejects.toThrow();
      await Promise.all(SERVICES.map((service) => own[service].start()));
    }
    const { rows } = await withPostgres(own, (client) => client.query('select way from kept'));
    expect(rows).toEqual([{ way: 'shutDown' }, { way: 'kill' }]);
    expect(await withRedis(own, (redis) => redis.lrange(QUEUE, 0, -1))).toEqual(['shutDown', 'kill']);
    expect(await withRabbitMq(own, 'last')).toBe(3);

    await flushRedis(own.redis.url);
    await purgeQueues(own.rabbitmq.url, ['unknown', QUEUE]);
    expect(await withRedis(own, (redis) => redis.keys('*'))).toEqual([]);
    expect(await withRabbitMq(own, 'alone')).toBe(1);
  } finally {
    await own.stop();
  }
  for (const service of SERVICES) await expect(speakTo(service, own[service].url)).rejects.toThrow();
}, 120_000);

async function withPostgres<T>(own: OwnServices, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: own.postgres.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function withRedis<T>(own: OwnServices, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(own.redis.url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Puts one message into the queue and tells how many are in it. */
async function withRabbitMq(own: OwnServices, body: string): Promise<number> {
  const connection = await connect(own.rabbitmq.url);
  try {
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    channel.sendToQueue(QUEUE, Buffer.from(body), { persistent: true });
    await channel.waitForConfirms();
    const { messageCount } = await channel.checkQueue(QUEUE);
    await channel.close();
    return messageCount;
  } finally {
    await connection.close();
  }
}
