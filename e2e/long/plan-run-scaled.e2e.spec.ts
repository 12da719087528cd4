import { startDistributed } from '../src/distributed.js';
import { planRunContract } from '../src/plan-run.contract.js';
import { leaveNothingRunning, test } from '../src/test.js';

planRunContract(
  () => startDistributed({ gateways: 2, orchestrators: 2, generators: 3 }),
  (platform) => {
    test('every generator had its share of the work', async () => {
      for (const generator of platform().generators) await generator.logged('step ended');
    }, 10_000);
  },
);
leaveNothingRunning();
