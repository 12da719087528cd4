import type { ProviderCall } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { callsIn, sumOfCost, sumOfUnpriced, sumOfUsage, TOKEN_COUNTS } from '../ledger/sums.js';
import { preparedRows } from '../sql.js';
import type { LockedRun, StepResult } from './locked-run.js';

const COUNTS = TOKEN_COUNTS.join(', ');
const BOOKED = callsIn('booked');

/**
 * Books the calls of attempts, each once, however often its fact arrives; late attempts have used tokens too. A step shows
 * the sum over its calls.
 */
const RECORD = `
  WITH added AS (
    INSERT INTO usage_ledger (step_id, attempt, call, workspace_id, project_id, run_id, provider, model, ${COUNTS}, estimated,
      cost, outcome, request_id)
    SELECT step_id, attempt, call, $2, $3, $1, provider, model, ${COUNTS}, estimated, cost, outcome, request_id
    FROM jsonb_to_recordset($4::jsonb) AS used (step_id uuid, attempt integer, call smallint, provider text, model text,
      ${TOKEN_COUNTS.map((name) => `${name} integer`).join(', ')}, estimated boolean, cost bigint, outcome text, request_id text)
    ON CONFLICT DO NOTHING RETURNING *
  ), booked AS (
    SELECT * FROM added
    UNION ALL SELECT * FROM usage_ledger WHERE step_id IN (SELECT step_id FROM added)
  )
  UPDATE steps SET usage = total.usage, cost = total.cost, unpriced_calls = total.unpriced FROM (
    SELECT step_id, ${sumOfUsage(BOOKED)} AS usage, ${sumOfCost(BOOKED)} AS cost, ${sumOfUnpriced(BOOKED)} AS unpriced
    FROM booked GROUP BY step_id
  ) total
  WHERE steps.id = total.step_id AND steps.run_id = $1`;

export async function recordUsage(
  manager: EntityManager,
  run: LockedRun,
  results: readonly StepResult[],
): Promise<void> {
  const steps = run.state.documents.flatMap((document) => document.steps);
  const used = results.flatMap((result) => {
    const step = steps.find((candidate) => candidate.stepId === result.stepId);
    if (!step) return [];
    const { stepId: step_id, attempt = step.attempt } = result;
    return callsOf(result, run).map((call, i) => ({ step_id, attempt, call: i + 1, ...call }));
  });
  if (used.length === 0) return;
  const parameters = [run.runId, run.workspaceId, run.projectId, JSON.stringify(used)];
  await preparedRows(manager, 'record_usage', RECORD, parameters);
}

/** As rows have them. A fact that tells of tokens and of no call is of an older release, which makes one. */
function callsOf({ calls = [], usage, provider, model }: StepResult, run: LockedRun): object[] {
  if (calls.length > 0) return calls.map(rowOf);
  if (!usage) return [];
  const of = { provider: provider ?? run.provider, model: model ?? run.model };
  return [rowOf({ ...of, usage, cost: null, outcome: null, request_id: null })];
}

function rowOf({ usage, ...call }: Omit<ProviderCall, 'outcome'> & { outcome: string | null }): object {
  const nothing = { ...Object.fromEntries(TOKEN_COUNTS.map((name) => [name, 0])), estimated: false };
  return { ...call, ...(usage ?? nothing) };
}
