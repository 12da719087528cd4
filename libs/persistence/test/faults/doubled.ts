import { newId } from '@planwright/runtime';
import { fault, without } from './fault.js';
import type { Fault } from './fault.js';

const TELL_AGAIN = (runId: string, type: string): string => `
  INSERT INTO run_events (run_id, n, workspace_id, at, body)
  SELECT e.run_id, r.event_seq + 1, e.workspace_id, now(), e.body FROM run_events e JOIN runs r ON r.id = e.run_id
  WHERE e.run_id = '${runId}' AND e.body ->> 'type' = '${type}' ORDER BY e.n LIMIT 1`;

export const DOUBLED: Fault[] = [
  ...[false, true].map((waiting) =>
    fault(
      'scope_held_twice',
      ({ active, waiting: other }) => ({
        id: active.projectId,
        sql: `${without('run_scopes', 'run_scopes_pkey')}
              UPDATE run_scopes SET waiting = ${waiting} WHERE run_id IN ('${active.id}', '${other.id}')`,
      }),
      waiting ? 'awaited' : 'held',
    ),
  ),
  fault('document_written_by_two_runs', ({ active: { documents }, waiting }) => ({
    id: documents['prd']!,
    sql: `DELETE FROM run_scopes WHERE run_id = '${waiting.id}'`,
  })),
  fault('document_written_twice_by_a_run', ({ active: { id }, waiting: { versions } }) => ({
    id,
    sql: `UPDATE document_versions SET run_id = '${id}', run_position = 9 WHERE id = '${versions['prd']}'`,
  })),
  fault('section_written_by_two_steps', ({ active: { versions, steps } }) => ({
    id: versions['prd']!,
    sql: `${without('steps', 'steps_version_id_section_id_key')}
          INSERT INTO steps SELECT (jsonb_populate_record(t, '{"id": "${newId()}", "ordinal": 9}')).* FROM steps t
          WHERE id = '${steps['goals']}'`,
  })),
  fault('run_ended_twice', ({ done: { id } }) => ({ id, sql: TELL_AGAIN(id, 'complete') })),
  fault('document_ended_twice', ({ done: { id } }) => ({ id, sql: TELL_AGAIN(id, 'document_complete') })),
  fault('section_completed_twice', ({ done: { id } }) => ({ id, sql: TELL_AGAIN(id, 'section_complete') })),
  fault('task_key_doubled', ({ done: { projectId } }) => ({
    id: projectId,
    sql: `${without('tasks', 'tasks_project_id_number_key')} UPDATE tasks SET number = 1 WHERE project_id = '${projectId}'`,
  })),
  fault('usage_of_unissued_attempt', ({ done: { steps } }) => ({
    id: steps['goals']!,
    sql: `UPDATE usage_ledger SET attempt = 2 WHERE step_id = '${steps['goals']}'`,
  })),
];
