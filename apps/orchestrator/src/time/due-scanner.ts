import type { Database } from '@planwright/persistence';
import type { Clock } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';

const BATCH = 100;
const PAUSE_MS = 500;

/** Wakes steps whose instant has come. Nothing waits in the broker or in memory: the rows are asked again and again. */
export async function wakeDueSteps(database: Database, advance: AdvanceRun, clock: Clock): Promise<number> {
  const due = await database.read.dueSteps(clock.now(), BATCH);
  for (const { runId, stepId, attempt } of due) {
    await advance.execute({ runId, event: { type: 'step_due', at: clock.now(), stepId, attempt }, message: null });
  }
  return due.length === BATCH ? 0 : PAUSE_MS;
}
