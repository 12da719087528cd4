import { QUEUES, WORK_QUEUES } from '@planwright/messaging';
import { withoutCredentials } from '@planwright/runtime';
import { countQueues } from '../count-queues.js';
import type { QueueCount } from '../count-queues.js';
import { bad, ok } from './check.js';
import type { Check } from './check.js';

const CONSUMED = [...WORK_QUEUES, QUEUES.dead];
/** What a line is called where the queue's own name says too little. */
const CALLED: Readonly<Record<string, string>> = { [QUEUES.dead]: 'dead letters' };

/** RabbitMQ: there, with the queues of this prefix, and who consumes them. */
export async function checkRabbit(url: string, prefix: string): Promise<Check[]> {
  const { version, counts } = await countQueues(url, prefix, [...CONSUMED, QUEUES.parked]);
  return [ok('rabbitmq', `version ${version}, at ${placeOf(url)}`), ...queueChecks(prefix, counts)];
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

function placeOf(url: string): string {
  return withoutCredentials(url).replace(/^.*\/\//, '');
}
