import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';
import { insertRun } from './insert-run.js';
import { addSections, readJoinable } from './join-run.js';
import type { AddedSections, JoinableRun } from './join-run.js';
import { lockRun } from './lock-run.js';
import type { LockedRun, RunSave } from './locked-run.js';
import type { InsertedRun, NewRun, WhenHeld } from './new-run.js';
import { promoteWaiting, readWaitingProjects } from './promote-waiting.js';
import type { PromotedRun } from './promote-waiting.js';
import { readNewerRuns, readRetrySource } from './retry-source.js';
import type { NewerRun, RetrySource, RetrySourceDocument } from './retry-source.js';
import { readHolders } from './run-scopes.js';
import type { ScopedRun } from './run-scopes.js';
import { saveRun } from './save-run.js';

export class RunsRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Writes a run with everything that belongs to it, or says which active run is in the way. Where others hold what it
   * writes, `wait` makes a run that waits for them; `promoteWaiting` starts it. Locks the project's row: after this, lock
   * no run in the same transaction.
   */
  insert(run: NewRun, whenHeld: WhenHeld = 'refuse'): Promise<InsertedRun> {
    return insertRun(this.manager, run, whenHeld);
  }

  /** Runs that write one of these documents of a project now, oldest first. Locks nothing. */
  holders(of: Omit<ScopedRun, 'id'>): Promise<string[]> {
    return readHolders(this.manager, of);
  }

  /**
   * Lets waiting runs of a project have what is free now; the caller sends `run.start` for each. To be called by whoever
   * ends a run, in the same transaction, after its end is written.
   */
  promoteWaiting(projectId: string): Promise<PromotedRun[]> {
    return promoteWaiting(this.manager, projectId);
  }

  /** Projects with a waiting run that nothing holds up, in no order: they missed their promotion. */
  waitingProjects(limit: number): Promise<string[]> {
    return readWaitingProjects(this.manager, limit);
  }

  /** Runs of single sections that write this document now or wait to, and that nobody stops; the one that writes first. */
  joinable(of: { workspaceId: string; projectId: string; kind: string }): Promise<JoinableRun[]> {
    return readJoinable(this.manager, of);
  }

  /** Gives a locked run that has not ended more sections to write. */
  addSections(run: LockedRun, added: AddedSections): Promise<void> {
    return addSections(this.manager, run, added);
  }

  /** What a retry of this run begins from; null when the workspace has no such run. Keeps the run from being deleted. */
  retrySource(workspaceId: string, runId: string): Promise<RetrySource | null> {
    return readRetrySource(this.manager, workspaceId, runId);
  }

  /** Runs that wrote one of these documents later, or will: active ones first, then the newest. Ask after `insert`. */
  newerRuns(
    documents: readonly Pick<RetrySourceDocument, 'documentId' | 'number'>[],
    except: string,
  ): Promise<NewerRun[]> {
    return readNewerRuns(this.manager, documents, except);
  }

  /** How many runs of a workspace have not ended, those that wait included; counted up to `limit`. */
  async countActive(workspaceId: string, limit: number): Promise<number> {
    const found = await firstRow<{ count: number }>(
      this.manager,
      `SELECT count(*)::int AS count FROM (
         SELECT 1 FROM runs WHERE workspace_id = $1 AND status IN ('queued', 'running') LIMIT $2
       ) active`,
      [workspaceId, limit],
    );
    return found?.count ?? 0;
  }

  /**
   * As `countActive`, in a line with all others who ask: what is counted is exact until this transaction ends. To be
   * asked last, with the runs written that it is asked for, as everybody else in the workspace waits behind.
   */
  async countActiveInLine(workspaceId: string, limit: number): Promise<number> {
    const lock = `SELECT pg_advisory_xact_lock(hashtextextended('active runs of ' || $1, 0))`;
    await rows(this.manager, lock, [workspaceId]);
    return this.countActive(workspaceId, limit);
  }

  /**
   * Locks the run until the transaction ends and reads its state; null when there is no such run. Of the messages named,
   * `handled` has those whose effects are stored.
   */
  lock(runId: string, messageIds: readonly string[] = []): Promise<LockedRun | null> {
    return lockRun(this.manager, runId, messageIds);
  }

  /** Writes what was decided for a locked run, once per lock. Throws when an effect does not fit the rows. */
  save(run: LockedRun, save: RunSave): Promise<void> {
    return saveRun(this.manager, run, save);
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
