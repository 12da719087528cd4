import { createRedisLive } from '@planwright/live';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import { runLiveCases } from './contract/run-cases.js';

const { prefix, deleteKeys } = testPrefix();
const log = { warn: () => undefined };

describe('the live feed over Redis', () => {
  runLiveCases(() => createRedisLive({ url: serviceAddresses().redis, prefix, log }));
  // After the replicas, which would begin new logs.
  afterAll(deleteKeys);
});
