import { fault, REOPEN } from './fault.js';
import type { Fault } from './fault.js';

export const OUT_OF_ORDER: Fault[] = [
  fault(
    'run_event_missing',
    ({ done: { id } }) => ({ id, sql: `DELETE FROM run_events WHERE run_id = '${id}' AND n = 2` }),
    'a gap',
  ),
  fault(
    'run_event_missing',
    ({ done: { id } }) => ({ id, sql: `UPDATE runs SET event_seq = event_seq + 1 WHERE id = '${id}'` }),
    'the last',
  ),
  fault(
    'run_event_missing',
    ({ done: { id } }) => ({ id, sql: `UPDATE run_events SET n = 99 WHERE run_id = '${id}' AND n = 2` }),
    'beyond the count',
  ),
  fault('project_event_missing', ({ done: { projectId } }) => ({
    id: projectId,
    sql: `DELETE FROM project_events WHERE project_id = '${projectId}'`,
  })),
  fault(
    'project_event_missing',
    ({ done: { projectId } }) => ({
      id: projectId,
      sql: `UPDATE projects SET feature_event_seq = 1 WHERE id = '${projectId}'`,
    }),
    'of its features',
  ),
  fault(
    'end_not_told',
    ({ done: { id } }) => ({
      id,
      sql: `UPDATE run_events SET body = '{"type": "progress"}' WHERE run_id = '${id}' AND body ->> 'type' = 'complete'`,
    }),
    'another event is the last',
  ),
  fault(
    'end_not_told',
    ({ done: { id } }) => ({
      id,
      sql: `UPDATE run_events SET body = '{"type": "failed"}' WHERE run_id = '${id}' AND body ->> 'type' = 'complete'`,
    }),
    'another end',
  ),
  fault(
    'end_not_told',
    ({ done: { id } }) => ({
      id,
      sql: `DELETE FROM run_events WHERE run_id = '${id}'; UPDATE runs SET event_seq = 0 WHERE id = '${id}'`,
    }),
    'nothing told at all',
  ),
  fault('end_told_too_early', ({ active: { id } }) => ({
    id,
    sql: `INSERT INTO run_events (run_id, n, workspace_id, at, body)
          SELECT id, event_seq + 1, workspace_id, now(), '{"type": "complete"}' FROM runs WHERE id = '${id}'`,
  })),
  fault('event_before_its_predecessor', ({ done: { id } }) => ({
    id,
    sql: `UPDATE run_events SET at = at - interval '1 second' WHERE run_id = '${id}' AND n = 3`,
  })),
  fault(
    'stage_begun_too_early',
    ({ active: { steps } }) => ({
      id: steps['summary']!,
      sql: `UPDATE steps SET attempt = 1 WHERE id = '${steps['summary']}'`,
    }),
    'now',
  ),
  fault(
    'stage_begun_too_early',
    ({ done: { id, steps } }) => ({
      id: steps['goals']!,
      sql: `UPDATE run_events SET body = jsonb_set(body, '{stage}', '2') WHERE run_id = '${id}' AND n = 1`,
    }),
    'earlier',
  ),
  fault('two_at_once_in_sequence', ({ active: { steps, versions } }) => ({
    id: versions['prd']!,
    sql: `UPDATE steps SET ${REOPEN} WHERE id = '${steps['problem']}'`,
  })),
  fault('begun_while_waiting', ({ delayed: { id } }) => ({
    id,
    sql: `UPDATE run_scopes SET waiting = true WHERE run_id = '${id}'`,
  })),
  fault(
    'document_begun_too_early',
    ({ active: { versions } }) => ({
      id: versions['task_set']!,
      sql: `UPDATE document_versions SET status = 'generating' WHERE id = '${versions['task_set']}'`,
    }),
    'now',
  ),
  fault(
    'document_begun_too_early',
    ({ done: { id, versions, documents } }) => ({
      id: versions['task_set']!,
      sql: `UPDATE run_events SET body = jsonb_set(body, '{document_id}', '"${documents['task_set']}"')
            WHERE run_id = '${id}' AND n = 1`,
    }),
    'earlier',
  ),
  fault('version_number_missing', ({ done: { documents } }) => ({
    id: documents['prd']!,
    sql: `UPDATE documents SET last_version_number = 2 WHERE id = '${documents['prd']}'`,
  })),
  fault(
    'ended_before_it_began',
    ({ done: { id } }) => ({
      id,
      sql: `UPDATE runs SET started_at = finished_at + interval '2 seconds' WHERE id = '${id}'`,
    }),
    'a run',
  ),
  fault(
    'ended_before_it_began',
    ({ done: { steps } }) => ({
      id: steps['goals']!,
      sql: `UPDATE steps SET started_at = finished_at + interval '2 seconds' WHERE id = '${steps['goals']}'`,
    }),
    'a step',
  ),
];
