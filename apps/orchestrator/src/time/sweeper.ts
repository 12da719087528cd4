import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';

const BATCH = 100;
const PAUSE_MS = 5_000;

/** How long something may stay silent before it counts as lost. */
export interface Silence {
  /** Issued and not started: lost on its way. Longer than any sound queue takes. */
  queuedMs: number;
  /** Started and without a sign since: its worker is gone. Longer than any stage gives a section. */
  runningMs: number;
  /** Made and never begun, or told to stop and not stopped. */
  runMs: number;
}

const PATIENT: Silence = { queuedMs: 120_000, runningMs: 300_000, runMs: 10_000 };
/** In one process with its own database no worker survives a restart: whatever is under way then is lost for certain. */
export const AFTER_RESTART: Silence = { queuedMs: 0, runningMs: 0, runMs: 0 };

/**
 * Derives from PostgreSQL what should have happened and did not: a run that never began, a cancel that never arrived, a
 * command lost on its way, a worker that died. Every repair is an ordinary event, decided and fenced like any other.
 */
export async function sweep(
  database: Database,
  advance: AdvanceRun,
  clock: Clock,
  log: Logger,
  silence: Silence = PATIENT,
): Promise<number> {
  const at = clock.now();
  // Both lists are read before anything is repaired: what a repair has just issued is not silent.
  const runs = await database.read.silentRuns({ olderThanMs: silence.runMs }, BATCH);
  const ages = { queuedOlderThanMs: silence.queuedMs, runningOlderThanMs: silence.runningMs };
  const steps = await database.read.silentSteps(ages, BATCH);
  for (const { runId, status, cancelRequested } of runs) {
    const type = cancelRequested ? 'cancel_requested' : status === 'queued' ? 'run_started' : 'run_checked';
    log.warn({ runId, type }, 'repair: run did not move');
    await advance.execute({ runId, event: { type, at }, message: null });
  }
  for (const { runId, stepId, attempt } of steps) {
    log.warn({ runId, stepId, attempt }, 'repair: step is silent, issuing it anew');
    await advance.execute({ runId, event: { type: 'step_lost', at, stepId, attempt }, message: null });
  }
  return PAUSE_MS;
}
