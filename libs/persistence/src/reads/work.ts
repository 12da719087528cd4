import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import type { SilentRun, StepAttempt } from './types.js';

const ATTEMPT = 'workspace_id AS "workspaceId", run_id AS "runId", id AS "stepId", attempt';

/** Delayed steps whose instant has come, longest overdue first. `nowMs`: milliseconds since 1970. */
export function readDueSteps(manager: EntityManager, nowMs: number, limit: number): Promise<StepAttempt[]> {
  return rows(
    manager,
    `SELECT ${ATTEMPT} FROM steps WHERE status = 'delayed' AND next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT $2`,
    [new Date(nowMs), limit],
  );
}

/**
 * Steps whose current attempt gave no sign of life for too long: issued and not begun, or begun and neither ended nor
 * streaming since. Ages are measured on the database's clock, by which the signs were written.
 */
export function readSilentSteps(
  manager: EntityManager,
  { queuedOlderThanMs, runningOlderThanMs }: { queuedOlderThanMs: number; runningOlderThanMs: number },
  limit: number,
): Promise<StepAttempt[]> {
  return rows(
    manager,
    `SELECT ${ATTEMPT} FROM steps
     WHERE attempt > 0 AND status IN ('queued', 'running')
       AND seen_at <= clock_timestamp() - CASE status WHEN 'queued' THEN $1::float8 ELSE $2::float8 END * interval '1 millisecond'
     ORDER BY seen_at LIMIT $3`,
    [queuedOlderThanMs, runningOlderThanMs, limit],
  );
}

/**
 * Runs that should have moved: made and never begun, asked to stop and not stopped (the broadcast may be lost), or running
 * without any step that is on its way. Only those older than `olderThanMs`; oldest first.
 */
export function readSilentRuns(manager: EntityManager, olderThanMs: number, limit: number): Promise<SilentRun[]> {
  return rows(
    manager,
    `SELECT r.workspace_id AS "workspaceId", r.id AS "runId", r.status,
       r.cancel_requested_at IS NOT NULL AND r.cancel_noted_at IS NULL AS "cancelRequested"
     FROM runs r
     WHERE r.status IN ('queued', 'running') AND (
       r.status = 'queued' AND r.created_at <= clock_timestamp() - $1::float8 * interval '1 millisecond'
       OR r.cancel_noted_at IS NULL AND r.cancel_requested_at <= clock_timestamp() - $1::float8 * interval '1 millisecond'
       OR r.cancel_noted_at <= clock_timestamp() - $1 * interval '1 millisecond'
       OR r.status = 'running' AND r.started_at <= clock_timestamp() - $1::float8 * interval '1 millisecond' AND NOT EXISTS (
         SELECT 1 FROM steps t WHERE t.run_id = r.id
           AND (t.status IN ('running', 'delayed') OR (t.status = 'queued' AND t.attempt > 0))
       )
     )
     ORDER BY r.created_at LIMIT $2`,
    [olderThanMs, limit],
  );
}
