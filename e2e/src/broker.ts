import { createRabbitBroker, deleteTopology as deleteNames } from '@planwright/messaging';
import type { ParkedMessage } from '@planwright/messaging';
import { createLogger } from '@planwright/runtime';
import { serviceAddresses } from '@planwright/testing';
import { connect } from 'amqplib';

type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createChannel']>>;

/** Removes the queues and exchanges of an installation. */
export function deleteTopology(url: string, prefix: string): Promise<void> {
  return onChannel(url, (channel) => deleteNames(channel, prefix));
}

/** Puts bytes into a queue as a stranger would: without an envelope, past every check. */
export async function putIntoQueue(queue: string, body: string): Promise<void> {
  await onChannel(serviceAddresses().rabbitmq, async (channel) => {
    channel.sendToQueue(queue, Buffer.from(body));
  });
}

/** What is parked, as an operator reads it. */
export async function parkedMessages(prefix: string): Promise<ParkedMessage[]> {
  const log = createLogger('e2e', 'error');
  const broker = await createRabbitBroker({ url: serviceAddresses().rabbitmq, prefix, name: 'e2e', log });
  try {
    return (await broker.listParked()).messages;
  } finally {
    await broker.close({ graceMs: 0 });
  }
}

/** Closing the connection in order waits until the broker has taken everything. */
async function onChannel(url: string, work: (channel: Channel) => Promise<void>): Promise<void> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    await work(channel);
    await channel.close();
  } finally {
    await connection.close();
  }
}
