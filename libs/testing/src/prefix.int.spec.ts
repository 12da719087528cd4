import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { testPrefix } from './prefix.js';
import { serviceAddresses } from './services/addresses.js';

test('two prefixes differ and fit into any name', () => {
  const [one, other] = [testPrefix().prefix, testPrefix().prefix];
  expect(one).not.toBe(other);
  expect(one).toMatch(/^pw[a-z0-9_]{10,30}$/);
});

test('keys of one prefix are deleted, however many, and no others', async () => {
  const [mine, theirs] = [testPrefix(), testPrefix()];
  const redis = new Redis(serviceAddresses().redis);
  try {
    const keys = Array.from({ length: 2500 }, (_, index) => [`${mine.prefix}:${index}`, 'x']).flat();
    await redis.mset(...keys, `${theirs.prefix}:1`, 'y');
    await mine.deleteKeys();
    expect(await redis.exists(`${mine.prefix}:0`, `${mine.prefix}:2499`)).toBe(0);
    expect(await redis.get(`${theirs.prefix}:1`)).toBe('y');
    await theirs.deleteKeys();
  } finally {
    redis.disconnect();
  }
});

test('queues and exchanges are deleted, also those that are gone already', async () => {
  const { prefix, deleteQueues, deleteExchanges } = testPrefix();
  const connection = await connect(serviceAddresses().rabbitmq);
  try {
    const channel = await connection.createChannel();
    await channel.assertQueue(`${prefix}.q`);
    await channel.assertExchange(`${prefix}.x`, 'topic');
    await deleteQueues([`${prefix}.q`, `${prefix}.never-there`]);
    await deleteExchanges([`${prefix}.x`, `${prefix}.never-there`]);
    channel.on('error', () => undefined);
    await expect(channel.checkQueue(`${prefix}.q`)).rejects.toThrow('NOT_FOUND');
  } finally {
    await connection.close();
  }
});
