import { QUEUES, WORK_QUEUES } from '@planwright/messaging';
import { withoutCredentials } from '@planwright/runtime';
import { connect } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import { bad, ok } from './check.js';
import type { Check } from './check.js';

const CONNECT_TIMEOUT_MS = 5_000;
const CONSUMED = [...WORK_QUEUES, QUEUES.dead];
/** What a line is called where the queue's own name says too little. */
const CALLED: Readonly<Record<string, string>> = { [QUEUES.dead]: 'dead letters' };

/** A queue as the server counts it. */
export interface QueueCount {
  messages: number;
  consumers: number;
}

/**
 * RabbitMQ: there, with the queues of this prefix, and who consumes them. Asks passively: a process of the platform would
 * declare what is missing, and with a wrong prefix that would be a second, empty installation.
 */
export async function checkRabbit(url: string, prefix: string): Promise<Check[]> {
  const model = await connect(url, { timeout: CONNECT_TIMEOUT_MS });
  // Without a listener an error of the connection would end the process.
  model.on('error', () => undefined);
  try {
    const counts = new Map<string, QueueCount | null>();
    for (const queue of [...CONSUMED, QUEUES.parked]) counts.set(queue, await countOf(model, `${prefix}.${queue}`));
    return [ok('rabbitmq', `version ${versionOf(model)}, at ${placeOf(url)}`), ...queueChecks(prefix, counts)];
  } finally {
    await model.close().catch(() => undefined);
  }
}

/** What the counts of the queues mean; null: the queue is not there. */
export function queueChecks(prefix: string, counts: ReadonlyMap<string, QueueCount | null>): Check[] {
  if (![...counts.values()].some((count) => count !== null)) {
    const advice = 'Start the services, or set PLANWRIGHT_PREFIX to what they have.';
    return [bad('queues', `there are none of prefix "${prefix}"`, advice)];
  }
  const consumed = CONSUMED.map((queue) => {
    const count = counts.get(queue);
    const name = CALLED[queue] ?? queue;
    if (!count) return bad(name, 'is not there', serverOf(queue));
    const detail = `${count.consumers} ${count.consumers === 1 ? 'consumer' : 'consumers'}, ${count.messages} waiting`;
    return count.consumers === 0 ? bad(name, detail, serverOf(queue)) : ok(name, detail);
  });
  const parked = counts.get(QUEUES.parked)?.messages ?? 0;
  const seen = 'Look at them: npm run ops -- parked list.';
  return [
    ...consumed,
    parked === 0 ? ok('parked', 'no message') : bad('parked', `${parked} waiting for a person`, seen),
  ];
}

/** Who has to run for a queue to have consumers. */
function serverOf(queue: string): string {
  const kind = /^generator\.(.*)\.v\d+$/.exec(queue)?.[1];
  if (kind === undefined) return 'Start an orchestrator (npm run start:orchestrator).';
  return `Start a generator (npm run start:generator) with ${kind} in its GENERATOR_QUEUES.`;
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

function versionOf({ connection }: ChannelModel): string {
  return connection.serverProperties.version;
}

function placeOf(url: string): string {
  return withoutCredentials(url).replace(/^.*\/\//, '');
}
