import type { Numbered, StoredRunFact } from '../reads/types.js';
import type { LockedRun } from './locked-run.js';

/**
 * Gives a locked run's new events their numbers: the counter stands on its row, so they are gapless and become visible in
 * their order. `from`: how many were numbered under this lock already.
 */
export function numberFacts(run: LockedRun, facts: readonly StoredRunFact[], from = 0): Numbered<StoredRunFact>[] {
  const at = new Date(run.lockedAt).toISOString();
  return facts.map((body, i) => ({ n: run.eventSeq + from + i + 1, at, body }));
}
