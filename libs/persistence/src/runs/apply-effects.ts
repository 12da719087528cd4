import { sentenceOf } from '@planwright/contracts';
import type { StepProblem } from '@planwright/contracts';
import type { Effect } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { mustChange, rows } from '../sql.js';
import { activateIfDue } from './activate.js';
import type { Cause, LockedRun, StepResult } from './locked-run.js';
import { StepWriter } from './step-writer.js';
import { recordUsage } from './usage.js';

/**
 * Writes what was decided. The run's lock is held, so nothing moves meanwhile; the conditions in the statements are the
 * second fence: an effect that does not fit the rows (a wrong attempt, a step that has ended) fails the transaction
 * instead of changing what it should not.
 */
export async function applyEffects(
  manager: EntityManager,
  run: LockedRun,
  effects: readonly Effect[],
  result: StepResult | undefined,
  cause: Cause | undefined,
): Promise<void> {
  if (result?.usage) await recordUsage(manager, run, result);
  const steps = new StepWriter(manager, run, result, cause);
  for (const effect of effects) {
    switch (effect.type) {
      case 'step_issued':
      case 'step_began':
      case 'step_streamed':
      case 'step_postponed':
      case 'section_completed':
      case 'section_failed':
      case 'section_cancelled':
        await steps.write(effect);
        break;
      default:
        await writeRun(manager, run, effect);
    }
  }
}

type RunEffect = Exclude<Effect, { stepId: string }>;

async function writeRun(manager: EntityManager, { runId }: LockedRun, effect: RunEffect): Promise<void> {
  const must = (sql: string, parameters: unknown[]) =>
    mustChange(manager, `${effect.type} of run ${runId}`, sql, parameters);
  switch (effect.type) {
    case 'run_began':
      return must(`UPDATE runs SET status = 'running', started_at = $2 WHERE id = $1 AND status = 'queued'`, [
        runId,
        new Date(effect.at),
      ]);
    case 'cancel_noted':
      return must(
        `UPDATE runs SET cancel_noted_at = $2, cancel_requested_at = coalesce(cancel_requested_at, $2)
         WHERE id = $1 AND status IN ('queued', 'running')`,
        [runId, new Date(effect.at)],
      );
    case 'document_began':
      await must(
        `UPDATE document_versions SET status = 'generating' WHERE run_id = $1 AND document_id = $2 AND status = 'queued'`,
        [runId, effect.documentId],
      );
      // From here on the run's numbers speak of this document.
      return must(
        `UPDATE runs SET current_stage = NULL, eta_seconds = NULL, (sections_completed, sections_total) = (
           SELECT count(*) FILTER (WHERE s.status = 'completed'), count(*)
           FROM sections s JOIN document_versions v ON v.id = s.version_id
           WHERE v.run_id = $1 AND v.document_id = $2
         ) WHERE id = $1`,
        [runId, effect.documentId],
      );
    case 'stage_began':
      await must('UPDATE document_versions SET current_stage = $3 WHERE run_id = $1 AND document_id = $2', [
        runId,
        effect.documentId,
        effect.stage,
      ]);
      return must('UPDATE runs SET current_stage = $2 WHERE id = $1', [runId, effect.stage]);
    case 'progressed':
      return must('UPDATE runs SET sections_completed = $2, sections_total = $3, eta_seconds = $4 WHERE id = $1', [
        runId,
        effect.sectionsCompleted,
        effect.sectionsTotal,
        effect.etaSeconds,
      ]);
    case 'document_ended':
      await must(
        `UPDATE document_versions SET status = $3, ended_at = clock_timestamp()
         WHERE run_id = $1 AND document_id = $2 AND status IN ('queued', 'generating')`,
        [runId, effect.documentId, effect.status],
      );
      return activateIfDue(manager, runId, effect.documentId);
    case 'run_ended':
      await must(
        `UPDATE runs SET status = $2, problem = $3, error = $4, finished_at = $5, eta_seconds = NULL
         WHERE id = $1 AND status IN ('queued', 'running')`,
        [
          runId,
          effect.status,
          jsonOrNull(effect.problem),
          effect.problem && sentenceOf(effect.problem),
          new Date(effect.at),
        ],
      );
      await rows(manager, 'DELETE FROM run_scopes WHERE run_id = $1', [runId]);
      return;
    case 'stop_requested':
    case 'ignored':
      // Nothing to store: the first is a message, the second is counted.
      return;
  }
}

const jsonOrNull = (problem: StepProblem | null): string | null => problem && JSON.stringify(problem);
