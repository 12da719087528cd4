import type { Limiter } from '@planwright/limits';
import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';
import { wake } from './wake.js';

/**
 * Wakes steps in the limiter's line that it has room for by now. The instant a step was told is an estimate: those before
 * it used less, or went away. A step that is told here and not woken is due by itself, at that instant.
 */
export async function callUp(parts: {
  limiter: Pick<Limiter, 'callable'>;
  database: Database;
  advance: AdvanceRun;
  clock: Clock;
  log: Logger;
}): Promise<void> {
  const { limiter, database, advance, clock, log } = parts;
  // It says itself when it is away; meanwhile every step is woken at the instant it was told.
  const stepIds = await limiter.callable().catch(() => []);
  if (stepIds.length === 0) return;
  const steps = await database.read.waitingForTurn(stepIds);
  const call = { type: 'step_due', called: true } as const;
  await Promise.all(
    steps.map(({ runId, stepId, attempt }) => wake(advance, log, runId, { ...call, at: clock.now(), stepId, attempt })),
  );
}
