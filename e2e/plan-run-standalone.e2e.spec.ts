import { planRunContract } from './src/plan-run.contract.js';
import { startStandalone } from './src/standalone.js';
import { leaveNothingRunning } from './src/test.js';

planRunContract(startStandalone);
leaveNothingRunning();
