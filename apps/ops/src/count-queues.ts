import { connect } from 'amqplib';
import type { ChannelModel } from 'amqplib';

const CONNECT_TIMEOUT_MS = 5_000;

/** A queue as the server counts it. */
export interface QueueCount {
  messages: number;
  consumers: number;
}

/**
 * The server's version, and what is in the queues of a prefix; null for one that is not there. Asks passively: a process
 * of the platform would declare what is missing, and with a wrong prefix that would be a second, empty installation.
 */
export async function countQueues(
  url: string,
  prefix: string,
  queues: readonly string[],
): Promise<{ version: string; counts: ReadonlyMap<string, QueueCount | null> }> {
  const model = await connect(url, { timeout: CONNECT_TIMEOUT_MS });
  // Without a listener an error of the connection would end the process.
  model.on('error', () => undefined);
  try {
    const counts = new Map<string, QueueCount | null>();
    for (const queue of queues) counts.set(queue, await countOf(model, `${prefix}.${queue}`));
    return { version: model.connection.serverProperties.version, counts };
  } finally {
    await model.close().catch(() => undefined);
  }
}

/** Each on a channel of its own: the server closes it when the queue is not there. */
async function countOf(model: ChannelModel, queue: string): Promise<QueueCount | null> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  try {
    const { messageCount: messages, consumerCount: consumers } = await channel.checkQueue(queue);
    await channel.close();
    return { messages, consumers };
  } catch (error) {
    if ((error as { code?: number }).code === 404) return null;
    throw error;
  }
}
