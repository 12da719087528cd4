import { startDistributed } from '../src/distributed.js';
import { startRun, untilEnded } from '../src/driver.js';
import { plainWriter } from '../src/plain-writer.js';
import { leaveNothingRunning, test } from '../src/test.js';

/** A section takes one second: shorter than the grace of a process that is told to stop. */
const PACE = { firstDelayMs: 100, delayMs: 45, chunks: 20 };
const ROUNDS = 4;

test('every process is replaced in turn in the middle of runs: no step fails, no call is made twice', async () => {
  const platform = await startDistributed({ orchestrators: 2, generators: 2, answer: plainWriter(PACE) });
  try {
    const going = [];
    for (let round = 0; round < ROUNDS; round++) {
      const fleet = platform.processes.filter(({ running }) => running);
      for (const app of fleet) {
        // While gateways are replaced nobody can be asked: runs are started before.
        for (let i = 0; i < 2; i++) going.push(await startRun(platform, { documents: ['prd'], mode: 'draft' }));
        await new Promise((resolve) => setTimeout(resolve, 500));
        await platform.replace(app);
      }
    }
    const runs = await Promise.all(going.map(({ client, run }) => untilEnded(client, run.id, 120_000)));
    const steps = runs.flatMap((run) => run.steps);
    expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'succeeded'));
    const calls = platform.ledger.calls.length;
    const anew = steps.filter(({ attempt }) => attempt > 1).length;
    console.info(`rolling stop: ${runs.length} runs, ${steps.length} steps, ${calls} calls, ${anew} steps issued anew`);
    expect(calls).toBe(steps.length);
  } finally {
    await platform.stop();
  }
}, 300_000);

leaveNothingRunning();
