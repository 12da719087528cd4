import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';
import { wake } from './wake.js';

const BATCH = 100;
/** Woken side by side: each waits for the database and the broker most of its time. */
const AT_ONCE = 32;

/**
 * Wakes steps whose instant has come, or comes with a pause that ends in a moment, until none is left. Nothing waits in the broker or in memory: the rows are asked
 * again and again. A batch of which none could be woken is left for the next round.
 */
export async function wakeDueSteps(database: Database, advance: AdvanceRun, clock: Clock, log: Logger): Promise<void> {
  for (;;) {
    const due = await database.read.dueSteps(clock.now(), BATCH);
    const line = due.values();
    let woken = 0;
    const work = async () => {
      for (const { runId, stepId, attempt, isAhead: called } of line) {
        if (await wake(advance, log, runId, { type: 'step_due', at: clock.now(), called, stepId, attempt })) woken++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (due.length < BATCH || woken === 0) return;
  }
}
