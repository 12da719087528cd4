import { startDistributed } from './src/distributed.js';
import { planRunContract } from './src/plan-run.contract.js';
import { leaveNothingRunning } from './src/test.js';

planRunContract(startDistributed);
leaveNothingRunning();
