import { createLogger } from '@planwright/runtime';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import { connect } from 'amqplib';
import { brokerContract } from '../broker.contract.js';
import type { BrokerUnderTest } from '../broker.contract.js';
import { deadLetterContract } from '../dead-letters.contract.js';
import { unavailableContract } from '../unavailable.contract.js';
import { deleteTopology } from './declare.js';
import { createRabbitBroker } from './rabbit-broker.js';

async function start(): Promise<BrokerUnderTest> {
  const { prefix } = testPrefix();
  const url = serviceAddresses().rabbitmq;
  const options = { url, prefix, log: createLogger('test', 'silent'), retryPause: { firstMs: 1, maxMs: 20 } };
  const broker = await createRabbitBroker({ ...options, name: 'one' });
  const other = await createRabbitBroker({ ...options, name: 'other' });
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  return {
    broker,
    other,
    inject: async (queue, body) => {
      channel.sendToQueue(`${prefix}.${queue}`, body);
      await channel.waitForConfirms();
    },
    close: async () => {
      await Promise.all([broker.close({ graceMs: 1_000 }), other.close({ graceMs: 1_000 })]);
      await deleteTopology(channel, prefix);
      await connection.close();
    },
  };
}

brokerContract('RabbitMQ', start);
deadLetterContract('RabbitMQ', start);
unavailableContract('RabbitMQ', start);
