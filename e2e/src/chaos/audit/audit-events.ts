import { RUN_END_TYPES } from '@planwright/contracts';
import { finding, groupBy } from './finding.js';
import type { Books, Finding } from './finding.js';

const ENDS: ReadonlySet<string> = new Set(RUN_END_TYPES);

/** A run's facts are numbered without gaps and end with exactly one end, the one its status says. */
export function auditEvents({ evidence }: Books): Finding[] {
  const found: Finding[] = [];
  const events = groupBy(evidence.events, ({ runId }) => runId);
  for (const run of evidence.runs) {
    const own = events.get(run.id) ?? [];
    const gap = own.findIndex(({ n }, i) => n !== i + 1);
    if (gap >= 0) found.push(finding('gap in events', `run ${run.id}: ${own[gap]?.n} in place ${gap + 1}`));
    const ends = own.filter(({ type }) => ENDS.has(type));
    if (run.finishedAt === null) {
      if (ends.length > 0) found.push(finding('wrong end', `run ${run.id} is ${run.status} and has its end event`));
      continue;
    }
    const due = run.status === 'succeeded' ? 'complete' : run.status;
    if (ends.length !== 1 || own.at(-1)?.type !== due) {
      const which = ends.map(({ type, n }) => `${type} at ${n}`).join(', ') || 'none';
      found.push(
        finding('wrong end', `run ${run.id} is ${run.status}; ends: ${which}; last event: ${own.at(-1)?.type}`),
      );
    }
  }
  return found;
}
