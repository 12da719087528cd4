import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';
import { wake } from './wake.js';

const BATCH = 100;
const PAUSE_MS = 500;

/** Wakes steps whose instant has come. Nothing waits in the broker or in memory: the rows are asked again and again. */
export async function wakeDueSteps(
  database: Database,
  advance: AdvanceRun,
  clock: Clock,
  log: Logger,
): Promise<number> {
  const due = await database.read.dueSteps(clock.now(), BATCH);
  let woken = 0;
  for (const { runId, stepId, attempt } of due) {
    if (await wake(advance, log, runId, { type: 'step_due', at: clock.now(), stepId, attempt })) woken++;
  }
  return woken === BATCH ? 0 : PAUSE_MS;
}
