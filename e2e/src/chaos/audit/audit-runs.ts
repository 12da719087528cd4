import { finding, groupBy } from './finding.js';
import type { Books, Finding } from './finding.js';

/** Every order has exactly the run it was promised, and every run has ended for a reason. */
export function auditRuns({ orders, evidence, stuck, calls }: Books): Finding[] {
  const found: Finding[] = [];
  const runs = new Map(evidence.runs.map((run) => [run.id, run]));
  const byToken = groupBy(evidence.runs, ({ token }) => token);
  for (const { token, runIds, refusal, requests } of orders) {
    const named = [...runIds];
    const made = byToken.get(token) ?? [];
    for (const id of named)
      if (!runs.has(id)) found.push(finding('lost run', `${token}: run ${id} was accepted and is not there`));
    if (named.length > 1) found.push(finding('doubled run', `${token}: its answers named ${named.join(' and ')}`));
    if (made.length > Math.max(1, named.length)) {
      found.push(finding('doubled run', `${token}: has ${made.length} runs: ${made.map(({ id }) => id).join(', ')}`));
    }
    if (refusal !== null) {
      const asked = `${requests.length} requests`;
      found.push(finding('refused order', `${token}: ${refusal} (${asked}, ${made.length} runs)`));
    }
  }
  for (const { runId, step, lateMs } of stuck) {
    found.push(
      finding('stuck run', `${runId} ${step || 'has nothing under way'}: ${Math.round(lateMs / 1000)} s past its time`),
    );
  }
  const cancelled = new Set(orders.flatMap(({ cancelAfterMs, token }) => (cancelAfterMs === null ? [] : [token])));
  const stepsOf = groupBy(evidence.steps, ({ runId }) => runId);
  for (const run of evidence.runs) {
    const steps = stepsOf.get(run.id) ?? [];
    if (run.status === 'cancelled' && !cancelled.has(run.token)) {
      found.push(finding('cancelled unasked', `${run.token}: run ${run.id}`));
    }
    if (run.finishedAt === null) found.push(finding('run not ended', `run ${run.id} is ${run.status}`));
    const open = steps.filter(({ status }) => !ENDED.has(status));
    if (run.finishedAt !== null && open.length > 0) {
      const which = open.map(({ sectionId, status }) => `${sectionId} ${status}`).join(', ');
      found.push(finding('step outlives run', `run ${run.id} ended as ${run.status} with ${which}`));
    }
    const all = steps.every(({ status }) => status === 'succeeded');
    if ((run.status === 'succeeded') !== all) {
      found.push(
        finding('dishonest status', `run ${run.id} is ${run.status}; ${all ? 'all' : 'not all'} steps succeeded`),
      );
    }
  }
  const { scopes, outbox } = evidence.leftovers;
  if (scopes > 0) found.push(finding('left over', `${scopes} rows in run_scopes`));
  if (outbox > 0) found.push(finding('left over', `${outbox} rows in outbox`));
  const open = calls.filter(({ state }) => state === 'open');
  if (open.length > 0) found.push(finding('left over', `${open.length} calls to the provider are open`));
  return found;
}

const ENDED = new Set(['succeeded', 'failed', 'cancelled']);
