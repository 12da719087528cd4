import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import { carryRequirements, TAKEN_OVER } from './insert-sections.js';

/** A run that waited and may start. */
export interface PromotedRun {
  runId: string;
  workspaceId: string;
}

/** A run that waits and has nothing left to wait for; `r` is the run. One that was told to stop is left to its end. */
const FREE = `r.status = 'queued' AND r.cancel_requested_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM run_scopes wanted
  JOIN run_scopes held ON held.project_id = wanted.project_id AND held.scope = wanted.scope AND NOT held.waiting
  WHERE wanted.run_id = r.id AND wanted.waiting)`;

/**
 * Gives the project's waiting runs what they wait for, where all of it is free, oldest first. They read what is active
 * at this instant, as if they were made now. The caller sends `run.start` for each.
 *
 * Locks the project's row, as whoever inserts a run does: a run that is made meanwhile either sees the scopes free, or is
 * seen here. A waiting run that somebody else has locked is being stopped and is left alone.
 */
export async function promoteWaiting(manager: EntityManager, projectId: string): Promise<PromotedRun[]> {
  await rows(manager, 'SELECT 1 FROM projects WHERE id = $1 FOR NO KEY UPDATE', [projectId]);
  const free = await rows<PromotedRun>(
    manager,
    `SELECT r.id AS "runId", r.workspace_id AS "workspaceId" FROM runs r
     WHERE r.id IN (SELECT run_id FROM run_scopes WHERE project_id = $1 AND waiting) AND ${FREE}
     ORDER BY r.id FOR NO KEY UPDATE SKIP LOCKED`,
    [projectId],
  );
  for (const { runId } of free) {
    await rows(manager, 'UPDATE run_scopes SET waiting = false WHERE run_id = $1', [runId]);
    await readWhatIsActive(manager, runId);
    await takeOverWhatIsActive(manager, runId);
  }
  return free;
}

/** Projects with a waiting run that nothing holds up: whoever ended its holder did not see it, or was cut short. */
export async function readWaitingProjects(manager: EntityManager, limit: number): Promise<string[]> {
  const found = await rows<{ projectId: string }>(
    manager,
    `SELECT DISTINCT r.project_id AS "projectId" FROM runs r
     WHERE r.id IN (SELECT run_id FROM run_scopes WHERE waiting) AND ${FREE} LIMIT $1`,
    [limit],
  );
  return found.map(({ projectId }) => projectId);
}

/**
 * The pointers of this instant: those the run's versions replace, and those of documents it reads and does not write. An
 * input that has no active version any more stays what it was. A retry reads what its run read.
 */
async function readWhatIsActive(manager: EntityManager, runId: string): Promise<void> {
  await rows(
    manager,
    `UPDATE document_versions v SET base_active_version_id = d.active_version_id, inputs = (
       SELECT coalesce(jsonb_object_agg(input.kind, coalesce(used.active_version_id::text, input.version_id)), '{}')
       FROM jsonb_each_text(v.inputs) AS input (kind, version_id)
       LEFT JOIN documents used ON r.retry_of IS NULL AND used.project_id = d.project_id AND used.kind = input.kind
         AND used.feature_id IS NULL AND NOT EXISTS (
           SELECT 1 FROM document_versions own WHERE own.run_id = v.run_id AND own.document_id = used.id)
     )
     FROM documents d, runs r WHERE v.run_id = $1 AND d.id = v.document_id AND r.id = v.run_id`,
    [runId],
  );
}

/**
 * Sections that were taken over when the run was asked for are taken over anew: whoever wrote them meanwhile keeps the
 * text. One that the active version has not finished stays as it was. A retry carries what its run finished.
 */
async function takeOverWhatIsActive(manager: EntityManager, runId: string): Promise<void> {
  const taken = await rows<{ versionId: string; sectionId: string; fromVersionId: string }>(
    manager,
    `WITH written AS (
       SELECT v.id, d.active_version_id AS active_id
       FROM document_versions v JOIN documents d ON d.id = v.document_id JOIN runs r ON r.id = v.run_id
       WHERE v.run_id = $1 AND r.retry_of IS NULL AND v.source_version_id <> d.active_version_id
     ), moved AS (
       UPDATE document_versions v SET source_version_id = written.active_id FROM written WHERE v.id = written.id
     )
     UPDATE sections s SET ${TAKEN_OVER} FROM written JOIN sections old ON old.version_id = written.active_id
     WHERE s.version_id = written.id AND old.section_id = s.section_id
       AND s.status = 'completed' AND old.status = 'completed'
     RETURNING s.version_id AS "versionId", s.section_id AS "sectionId", written.active_id AS "fromVersionId"`,
    [runId],
  );
  if (taken.length === 0) return;
  await rows(
    manager,
    `DELETE FROM requirements r USING jsonb_to_recordset($1::jsonb) AS taken ("versionId" uuid, "sectionId" text)
     WHERE r.version_id = taken."versionId" AND r.section_id = taken."sectionId"`,
    [JSON.stringify(taken)],
  );
  await carryRequirements(manager, taken);
}
