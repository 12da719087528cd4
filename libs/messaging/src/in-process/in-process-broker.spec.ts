import type { AnyMessage } from '@planwright/contracts';
import { createLogger } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import { brokerContract, runStarts } from '../broker.contract.js';
import type { BrokerUnderTest } from '../broker.contract.js';
import { deadLetterContract } from '../dead-letters.contract.js';
import { QUEUES } from '../topology.js';
import { unavailableContract } from '../unavailable.contract.js';
import { createInProcessBroker } from './in-process-broker.js';

async function start(): Promise<BrokerUnderTest> {
  const broker = createInProcessBroker({ log: createLogger('test', 'silent'), retryPause: { firstMs: 1, maxMs: 20 } });
  return {
    broker,
    other: broker,
    inject: async (queue, body) => broker.inject(queue, body),
    close: () => broker.close({ graceMs: 0 }),
  };
}

brokerContract('in process', start);
deadLetterContract('in process', start);
unavailableContract('in process', start);

it('lets good messages pass although ten times as many bad ones pause as there are slots', async () => {
  const log = createLogger('test', 'silent');
  const broker = createInProcessBroker({ log, retryPause: { firstMs: 60_000, maxMs: 60_000 } });
  const bad = runStarts(20);
  const handled: string[] = [];
  const handle = async (received: AnyMessage): Promise<void> => {
    if (bad.some(({ id }) => id === received.id)) throw new Error('poison');
    handled.push(received.id);
  };
  await broker.consume({ queue: QUEUES.orchestrator, prefetch: 2, handle });
  await broker.publish([...bad, ...runStarts(100)]);
  await waitFor(() => handled.length === 100, { what: 'every good message' });
  expect(broker.counters.requeued).toBe(20);
  await broker.close({ graceMs: 1_000 });
});
