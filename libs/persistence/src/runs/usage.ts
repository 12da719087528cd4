import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import type { LockedRun, StepResult } from './locked-run.js';
import { attemptsOf } from './step-writer.js';

/**
 * Books what one attempt used, once, however often its fact arrives; late attempts have used tokens too. The step shows
 * the sum over its attempts.
 */
export async function recordUsage(manager: EntityManager, run: LockedRun, result: StepResult): Promise<void> {
  const attempt = result.attempt ?? attemptsOf(run).get(result.stepId);
  if (!result.usage || attempt === undefined) return;
  const { input_tokens: input, output_tokens: output, estimated } = result.usage;
  await rows(
    manager,
    `INSERT INTO usage_ledger (step_id, attempt, workspace_id, project_id, run_id, provider, model, input_tokens, output_tokens, estimated)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
    [
      result.stepId,
      attempt,
      run.workspaceId,
      run.projectId,
      run.runId,
      result.provider ?? run.provider,
      result.model ?? run.model,
      input,
      output,
      estimated,
    ],
  );
  await rows(
    manager,
    `UPDATE steps SET usage = (
       SELECT jsonb_build_object('input_tokens', sum(input_tokens), 'output_tokens', sum(output_tokens), 'estimated', bool_or(estimated))
       FROM usage_ledger WHERE step_id = $1
     ) WHERE id = $1 AND run_id = $2`,
    [result.stepId, run.runId],
  );
}
