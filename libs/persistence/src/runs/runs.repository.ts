import type { Effect } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';
import { applyEffects } from './apply-effects.js';
import { insertRun } from './insert-run.js';
import { lockRun } from './lock-run.js';
import type { LockedRun, StepResult } from './locked-run.js';
import type { InsertedRun, NewRun } from './new-run.js';

export class RunsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Writes a run with everything that belongs to it, or says which active run is in the way. */
  insert(run: NewRun): Promise<InsertedRun> {
    return insertRun(this.manager, run);
  }

  /** Locks the run until the transaction ends and reads its state; null when there is no such run. */
  lock(runId: string): Promise<LockedRun | null> {
    return lockRun(this.manager, runId);
  }

  /**
   * Writes what was decided for a locked run, once per lock; `result` is what the generator's fact brought. Throws when
   * an effect does not fit the rows.
   */
  apply(run: LockedRun, effects: readonly Effect[], result?: StepResult): Promise<void> {
    return applyEffects(this.manager, run, effects, result);
  }

  /**
   * Keeps the partial text of a step that has ended already: a cancelled generator reports it after the run was told to
   * stop. Only for the attempt that was current, and only where no draft is kept yet.
   */
  async keepDraft({ runId }: LockedRun, stepId: string, attempt: number, draft: string): Promise<boolean> {
    const kept = await rows(
      this.manager,
      `UPDATE sections SET draft = $1 FROM steps
       WHERE steps.id = $2 AND steps.run_id = $3 AND steps.attempt = $4 AND sections.step_id = steps.id
         AND sections.version_id = steps.version_id AND sections.status IN ('failed', 'cancelled') AND sections.draft IS NULL
       RETURNING 1`,
      [draft, stepId, runId, attempt],
    );
    return kept.length === 1;
  }

  /**
   * Notes that a person wants the run to stop; the engine acts on it. `ended` when there is nothing left to stop, null
   * when the workspace has no such run. Asking again changes nothing.
   */
  async requestCancel(workspaceId: string, runId: string): Promise<'requested' | 'ended' | null> {
    const requested = await rows(
      this.manager,
      `UPDATE runs SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
       WHERE workspace_id = $1 AND id = $2 AND status IN ('queued', 'running') RETURNING 1`,
      [workspaceId, runId],
    );
    if (requested.length === 1) return 'requested';
    const sql = 'SELECT 1 FROM runs WHERE workspace_id = $1 AND id = $2';
    return (await firstRow(this.manager, sql, [workspaceId, runId])) ? 'ended' : null;
  }

  /** Ids of all runs of a project. */
  async idsOf(workspaceId: string, projectId: string): Promise<string[]> {
    const sql = 'SELECT id FROM runs WHERE workspace_id = $1 AND project_id = $2';
    return (await rows<{ id: string }>(this.manager, sql, [workspaceId, projectId])).map(({ id }) => id);
  }

  /** Ids of a project's runs that have not ended, oldest first. */
  async active(workspaceId: string, projectId: string): Promise<string[]> {
    const found = await rows<{ id: string }>(
      this.manager,
      `SELECT id FROM runs WHERE workspace_id = $1 AND project_id = $2 AND status IN ('queued', 'running') ORDER BY id`,
      [workspaceId, projectId],
    );
    return found.map(({ id }) => id);
  }
}
