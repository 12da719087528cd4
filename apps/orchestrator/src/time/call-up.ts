import { ENDED_STEP_STATUSES } from '@planwright/contracts';
import type { Limiter } from '@planwright/limits';
import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';
import { wake } from './wake.js';

/** Places of steps that are gone are cleared as they come to the front; a round does not do this for ever. */
const MOST_LOOKS = 100;

/**
 * Wakes steps in the limiter's line that it has room for by now. The instant a step was told is an estimate: those before
 * it used less, or went away. Steps that will not come back, as their run was cancelled, make room for those behind them.
 * A step that is told here and not woken is due by itself, at that instant.
 */
export async function callUp(parts: {
  limiter: Pick<Limiter, 'callable' | 'leave'>;
  database: Database;
  advance: AdvanceRun;
  clock: Clock;
  log: Logger;
}): Promise<void> {
  const { limiter, database, advance, clock, log } = parts;
  const call = { type: 'step_due', called: true } as const;
  for (let look = 0; look < MOST_LOOKS; look++) {
    // It says itself when it is away; meanwhile every step is woken at the instant it was told.
    const told = await limiter.callable().catch(() => []);
    if (told.length === 0) return;
    const steps = await database.read.turns(told);
    await Promise.all(
      steps
        .filter(({ status, isRetry }) => status === 'delayed' && !isRetry)
        .map(({ runId, stepId, attempt }) => wake(advance, log, runId, { ...call, at: clock.now(), stepId, attempt })),
    );
    const staying = new Set(steps.filter(isStaying).map(({ stepId }) => stepId));
    const gone = told.filter((stepId) => !staying.has(stepId));
    if (gone.length === 0) return;
    await limiter.leave(gone).catch(() => undefined);
  }
}

/** One that is on its way to a generator comes back; one that waits for a retry of its own asks anew after it. */
function isStaying({ status, isRetry }: { status: string; isRetry: boolean }): boolean {
  return !ENDED_STEP_STATUSES.some((ended) => ended === status) && !(status === 'delayed' && isRetry);
}
