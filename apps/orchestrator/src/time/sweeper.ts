import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';
import { wake } from './wake.js';

const PAUSE_MS = 5_000;

/** How long something may stay silent before it counts as lost. */
export interface Silence {
  /** Issued and not started: lost on its way. Longer than any sound queue takes. */
  queuedMs: number;
  /** Started and without a sign since: its worker is gone. Longer than any stage gives a section. */
  runningMs: number;
  /** Made and never begun, or told to stop and not stopped. */
  runMs: number;
  /** How many of each are repaired in one round. */
  limit: number;
}

const PATIENT: Silence = { queuedMs: 120_000, runningMs: 300_000, runMs: 10_000, limit: 100 };
/** In one process with its own database no worker survives a restart: whatever is under way then is lost for certain. */
export const AFTER_RESTART: Silence = { queuedMs: 0, runningMs: 0, runMs: 0, limit: 100_000 };

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
  const runs = await database.read.silentRuns({ olderThanMs: silence.runMs }, silence.limit);
  const ages = { queuedOlderThanMs: silence.queuedMs, runningOlderThanMs: silence.runningMs };
  const steps = await database.read.silentSteps(ages, silence.limit);
  for (const { runId, status, cancelRequested } of runs) {
    const type = cancelRequested ? 'cancel_requested' : status === 'queued' ? 'run_started' : 'run_checked';
    log.warn({ runId, type }, 'repair: run did not move');
    await wake(advance, log, runId, { type, at });
  }
  for (const { runId, stepId, attempt } of steps) {
    log.warn({ runId, stepId, attempt }, 'repair: step is silent, issuing it anew');
    await wake(advance, log, runId, { type: 'step_lost', at, stepId, attempt });
  }
  return PAUSE_MS;
}
