import type { EntityManager } from 'typeorm';
import { preparedRows } from '../sql.js';
import type { LockedRun, StepResult } from './locked-run.js';

/**
 * Books what attempts used, each once, however often its fact arrives; late attempts have used tokens too. A step shows
 * the sum over its attempts.
 */
export async function recordUsage(
  manager: EntityManager,
  run: LockedRun,
  results: readonly StepResult[],
): Promise<void> {
  const steps = run.state.documents.flatMap((document) => document.steps);
  const used = results.flatMap(({ stepId, usage, ...result }) => {
    const step = steps.find((candidate) => candidate.stepId === stepId);
    if (!usage || !step) return [];
    const { attempt = step.attempt, provider = run.provider, model = run.model } = result;
    return [{ step_id: stepId, attempt, provider, model, ...usage }];
  });
  if (used.length === 0) return;
  await preparedRows(
    manager,
    'record_usage',
    `WITH added AS (
       INSERT INTO usage_ledger (step_id, attempt, workspace_id, project_id, run_id, provider, model, input_tokens, output_tokens, estimated)
       SELECT step_id, attempt, $2, $3, $1, provider, model, input_tokens, output_tokens, estimated
       FROM jsonb_to_recordset($4::jsonb) AS used (step_id uuid, attempt integer, provider text, model text,
         input_tokens integer, output_tokens integer, estimated boolean)
       ON CONFLICT DO NOTHING RETURNING *
     ), booked AS (
       SELECT * FROM added
       UNION ALL SELECT * FROM usage_ledger WHERE step_id IN (SELECT step_id FROM added)
     )
     UPDATE steps SET usage = total.usage FROM (
       SELECT step_id, jsonb_build_object('input_tokens', sum(input_tokens), 'output_tokens', sum(output_tokens),
         'estimated', bool_or(estimated)) AS usage
       FROM booked GROUP BY step_id
     ) total
     WHERE steps.id = total.step_id AND steps.run_id = $1`,
    [run.runId, run.workspaceId, run.projectId, JSON.stringify(used)],
  );
}
