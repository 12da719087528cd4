import type { StepStatus } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';
import type { DueStep, Pulse, SilentRun, SilentStep, StepAttempt } from './types.js';

const ATTEMPT = 'workspace_id AS "workspaceId", run_id AS "runId", id AS "stepId", attempt';

/** Less than a generator waits with a step in hand (`reservations.ts`). */
const WAKE_AHEAD_MS = 450;
/**
 * The instant a delayed step is woken. One that waits for a provider's pause to end is on its way before that: the limiter
 * holds it until the instant itself, and the way there is not added to the wait of all that are due at once. One that
 * waits for a retry of its own has nobody else to hold it.
 */
const WAKE_AT = `next_attempt_at
  - CASE WHEN problem IS NULL AND reason = 'rate_limited' THEN interval '${WAKE_AHEAD_MS} milliseconds' ELSE interval '0' END`;
/** For the index: no step is woken earlier than this. */
const SOON = `next_attempt_at <= $1::timestamptz + interval '${WAKE_AHEAD_MS} milliseconds'`;

/**
 * What waits for a loop to take it up, asked in one statement so that an idle platform costs next to nothing. `nowMs`:
 * milliseconds since 1970.
 */
export async function readPulse(manager: EntityManager, nowMs: number, outboxOlderThanMs: number): Promise<Pulse> {
  const pulse = await firstRow<Pulse>(
    manager,
    `SELECT
       EXISTS (SELECT 1 FROM outbox WHERE created_at <= clock_timestamp() - $2::float8 * interval '1 millisecond') AS outbox,
       EXISTS (SELECT 1 FROM steps WHERE status = 'delayed' AND ${SOON} AND ${WAKE_AT} <= $1) AS due,
       EXISTS (SELECT 1 FROM steps WHERE status = 'queued' AND attempt > 0 AND admitted_at IS NULL) AS waiting,
       (SELECT extract(epoch FROM min(${WAKE_AT}) - $1) * 1000 FROM steps
        WHERE status = 'delayed' AND ${WAKE_AT} > $1 AND next_attempt_at <= $1 + interval '1 second')::float8 AS "dueInMs"`,
    [new Date(nowMs), outboxOlderThanMs],
  );
  return pulse ?? { outbox: false, due: false, waiting: false, dueInMs: null };
}

/** Delayed steps that are to be woken, longest overdue first. `nowMs`: milliseconds since 1970. */
export function readDueSteps(manager: EntityManager, nowMs: number, limit: number): Promise<DueStep[]> {
  return rows(
    manager,
    `SELECT ${ATTEMPT}, next_attempt_at > $1 AS "isAhead" FROM steps WHERE status = 'delayed' AND ${SOON} AND ${WAKE_AT} <= $1
     ORDER BY next_attempt_at LIMIT $2`,
    [new Date(nowMs), limit],
  );
}

/** A step that may be waiting for its turn on the limits. */
export type Turn = StepAttempt & {
  status: StepStatus;
  /** It waits after a failure of its own. */
  isRetry: boolean;
};

/** These steps as they stand now; those that are gone with their run are not among them. */
export function readTurns(manager: EntityManager, stepIds: readonly string[]): Promise<Turn[]> {
  return rows(
    manager,
    `SELECT ${ATTEMPT}, status, problem IS NOT NULL AS "isRetry" FROM steps WHERE id = ANY($1::uuid[])`,
    [stepIds],
  );
}

/**
 * Steps that a generator should have, and of which nothing was heard for `olderThanMs`: admitted and not begun, or begun
 * and neither ended nor streaming since. Ages are measured on the database's clock, by which the signs were written.
 * A step that waits to be admitted is not among them.
 */
export function readSilentSteps(
  manager: EntityManager,
  { olderThanMs }: { olderThanMs: number },
  limit: number,
): Promise<SilentStep[]> {
  return rows(
    manager,
    `SELECT ${ATTEMPT}, status, coalesce(deadline <= clock_timestamp() - interval '30 seconds', false) AS overdue,
       (extract(epoch FROM clock_timestamp() - seen_at) * 1000)::float8 AS "silentMs"
     FROM steps
     WHERE attempt > 0 AND status IN ('queued', 'running') AND (admitted_at IS NOT NULL OR status = 'running')
       AND seen_at <= clock_timestamp() - $1::float8 * interval '1 millisecond'
     ORDER BY seen_at LIMIT $2`,
    [olderThanMs, limit],
  );
}

/**
 * Runs that should have moved: made and never begun, asked to stop and not stopped (the broadcast may be lost), or running
 * without any step that is on its way. Only those older than `olderThanMs`; oldest first. A run that waits for another
 * one to end is not among them until somebody wants it to stop.
 */
export function readSilentRuns(manager: EntityManager, olderThanMs: number, limit: number): Promise<SilentRun[]> {
  return rows(
    manager,
    `SELECT r.workspace_id AS "workspaceId", r.id AS "runId", r.status,
       r.cancel_requested_at IS NOT NULL AND r.cancel_noted_at IS NULL AS "cancelRequested"
     FROM runs r, (SELECT clock_timestamp() - $1::float8 * interval '1 millisecond' AS then) age
     WHERE r.status IN ('queued', 'running') AND (
       r.status = 'queued' AND r.created_at <= age.then
         AND NOT EXISTS (SELECT 1 FROM run_scopes WHERE run_scopes.run_id = r.id AND run_scopes.waiting)
       OR r.cancel_noted_at IS NULL AND r.cancel_requested_at <= age.then
       OR r.cancel_noted_at <= age.then
       OR r.status = 'running' AND r.started_at <= age.then AND NOT EXISTS (
         SELECT 1 FROM steps t WHERE t.run_id = r.id
           AND (t.status IN ('running', 'delayed') OR (t.status = 'queued' AND t.attempt > 0))
       )
     )
     ORDER BY r.created_at LIMIT $2`,
    [olderThanMs, limit],
  );
}
