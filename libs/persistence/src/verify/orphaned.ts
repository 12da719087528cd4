import type { Invariant } from './invariant.js';

/** A row outlived what it was for. */
export const ORPHANED: readonly Invariant[] = [
  {
    name: 'scope_of_ended_run',
    kind: 'orphaned',
    what: 'A run that has ended, or is not there, still holds or awaits a scope: no other run can start there.',
    advice: 'Report this as a defect; deleting the row from run_scopes lets the next run start.',
    graceMs: 0,
    sql: `
      SELECT s.run_id AS id, format('%s of project %s, run is %s', s.scope, s.project_id, coalesce(r.status, 'gone')) AS detail
      FROM run_scopes s LEFT JOIN runs r ON r.id = s.run_id
      WHERE r.id IS NULL OR r.finished_at IS NOT NULL`,
  },
  {
    name: 'open_version_without_run',
    kind: 'orphaned',
    what: 'A version is to be written, and its run is gone.',
    advice: 'Report this as a defect; start a new run of the document.',
    graceMs: 0,
    sql: `
      SELECT v.id, format('%s, version %s of document %s', v.status, v.number, v.document_id) AS detail
      FROM document_versions v WHERE v.run_id IS NULL AND v.status IN ('queued', 'generating')`,
  },
  {
    name: 'turn_without_steps',
    kind: 'orphaned',
    severity: 'warning',
    what: 'A workspace keeps its place in the line for free slots, and has nothing waiting.',
    advice: 'Nothing to do unless it stays: the next round of admission forgets the place.',
    graceMs: 0,
    sql: `
      SELECT a.workspace_id AS id, 'class ' || a.class AS detail
      FROM admission_turns a
      WHERE NOT EXISTS (
        SELECT 1 FROM steps t WHERE t.class = a.class AND t.workspace_id = a.workspace_id
          AND t.status = 'queued' AND t.attempt > 0 AND t.admitted_at IS NULL
      )`,
  },
];
