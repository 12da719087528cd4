import type { Channel } from 'amqplib';
import { DELIVERY_LIMIT, QUEUES, WORK_QUEUES } from '../topology.js';
import { declareTopology } from './declare.js';

/** What a channel was asked to declare. */
async function declared() {
  const queues = new Map<string, unknown>();
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    async (...args: unknown[]) =>
      void calls.push([name, ...args]);
  const channel = {
    assertExchange: note('exchange'),
    assertQueue: async (name: string, options: { arguments: object }) => void queues.set(name, options.arguments),
    bindQueue: note('bind'),
  };
  await declareTopology(channel as unknown as Channel, 'pw');
  return { queues, calls };
}

it('gives work queues these arguments: any other would be refused where the queue exists', async () => {
  const { queues } = await declared();
  for (const queue of WORK_QUEUES) {
    expect(queues.get(`pw.${queue}`)).toEqual({
      'x-queue-type': 'quorum',
      'x-delivery-limit': DELIVERY_LIMIT,
      'x-dead-letter-exchange': 'pw.dlx',
      'x-dead-letter-routing-key': 'dead',
      'x-overflow': 'reject-publish',
    });
  }
});

it('gives dead letters a way to one queue, which has none out: no failure goes round in circles', async () => {
  const { queues, calls } = await declared();
  for (const queue of [QUEUES.dead, QUEUES.parked]) {
    expect(queues.get(`pw.${queue}`)).toEqual({ 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 });
  }
  expect(calls.filter(([name, , exchange]) => name === 'bind' && exchange === 'pw.dlx')).toEqual([
    ['bind', 'pw.dead.v1', 'pw.dlx', 'dead'],
  ]);
});

it('lets nothing wait in the broker: a queue with times to live delays what stands behind', async () => {
  const { queues } = await declared();
  for (const each of queues.values()) expect(Object.keys(each as object)).not.toContain('x-message-ttl');
});
