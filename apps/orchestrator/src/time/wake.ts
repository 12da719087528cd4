import type { RunEvent } from '@planwright/plan';
import type { Logger } from '@planwright/runtime';
import type { AdvanceRun, Outcome } from '../runs/advance-run.js';

/**
 * Tells a run what its rows say. Null when that failed: the run is tried again in the next round, and what else waits is
 * not kept waiting by it.
 */
export async function wake(advance: AdvanceRun, log: Logger, runId: string, event: RunEvent): Promise<Outcome | null> {
  try {
    return await advance.execute({ runId, event, message: null });
  } catch (error) {
    log.error({ err: error, runId, event: event.type }, 'a run could not be advanced');
    return null;
  }
}
