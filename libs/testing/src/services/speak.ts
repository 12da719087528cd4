import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { Service } from './addresses.js';

const ANSWERS_WITHIN_MS = 3_000;

/**
 * Speaks to the service as its clients do: an open port says little. PostgreSQL has to let us make databases, RabbitMQ
 * has to finish its handshake and open a channel, Redis has to answer a PING. Throws what the client says otherwise.
 */
export async function speakTo(service: Service, url: string): Promise<void> {
  switch (service) {
    case 'postgres':
      return speakToPostgres(url);
    case 'rabbitmq':
      return speakToRabbitMq(url);
    case 'redis':
      return speakToRedis(url);
  }
}

async function speakToPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ANSWERS_WITHIN_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ may: boolean }>(
      'select rolcreatedb or rolsuper as may from pg_roles where rolname = current_user',
    );
    if (rows[0]?.may !== true) throw new Error('its user may not create databases');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function speakToRabbitMq(url: string): Promise<void> {
  const connection = await connectAmqp(url, { timeout: ANSWERS_WITHIN_MS });
  connection.on('error', () => undefined);
  await (await connection.createChannel()).close();
  await connection.close();
}

async function speakToRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWERS_WITHIN_MS,
    commandTimeout: ANSWERS_WITHIN_MS,
  });
  // Calls answer "Connection is closed."; the reason is in this event.
  let reason: Error | undefined;
  redis.on('error', (error) => (reason = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}
