import { createLogger } from '@planwright/runtime';
import { brokerContract } from '../broker.contract.js';
import { createInProcessBroker } from './in-process-broker.js';

brokerContract('in process', async () => {
  const broker = createInProcessBroker({ log: createLogger('test', 'silent'), retryPause: { firstMs: 1, maxMs: 20 } });
  return {
    broker,
    other: broker,
    inject: async (queue, body) => broker.inject(queue, body),
    close: () => broker.close({ graceMs: 0 }),
  };
});
