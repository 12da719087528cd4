import { newId } from '@planwright/runtime';
import { fault, OTHER_WORKSPACE, REOPEN } from './fault.js';
import type { Fault } from './fault.js';

export const STUCK: Fault[] = [
  fault('run_not_begun', ({ active: { id } }) => ({
    id,
    sql: `UPDATE runs SET status = 'queued', started_at = NULL, created_at = now() WHERE id = '${id}'`,
  })),
  fault('waiting_run_not_begun', ({ active, waiting: { id } }) => ({
    id,
    sql: `UPDATE runs SET created_at = now() WHERE id = '${id}'; DELETE FROM run_scopes WHERE run_id = '${active.id}'`,
  })),
  fault('run_standing_still', ({ active: { id } }) => ({
    id,
    sql: `UPDATE steps SET ${REOPEN}, attempt = 0 WHERE run_id = '${id}' AND status = 'running';
          UPDATE runs SET started_at = now() WHERE id = '${id}'`,
  })),
  fault('cancel_not_carried_out', ({ active: { id } }) => ({
    id,
    sql: `UPDATE runs SET cancel_requested_at = now() WHERE id = '${id}'`,
  })),
  fault('step_not_begun', ({ active: { steps } }) => ({
    id: steps['goals']!,
    sql: `UPDATE steps SET ${REOPEN}, admitted_at = now() WHERE id = '${steps['goals']}'`,
  })),
  fault('step_waiting_for_a_slot', ({ active: { steps } }) => ({
    id: steps['goals']!,
    sql: `UPDATE steps SET ${REOPEN}, admitted_at = NULL, issued_at = now() WHERE id = '${steps['goals']}'`,
  })),
  fault('step_past_its_deadline', ({ active: { steps } }) => ({
    id: steps['goals']!,
    sql: `UPDATE steps SET deadline = now() WHERE id = '${steps['goals']}'`,
  })),
  fault('step_without_deadline', ({ active: { steps } }) => ({
    id: steps['goals']!,
    sql: `UPDATE steps SET deadline = NULL WHERE id = '${steps['goals']}'`,
  })),
  fault('step_overdue', ({ delayed: { steps } }) => ({
    id: steps['problem']!,
    sql: `UPDATE steps SET next_attempt_at = now() WHERE id = '${steps['problem']}'`,
  })),
  fault('message_not_sent', () => {
    const id = newId();
    const values = `'${id}', '${OTHER_WORKSPACE}', 'run.start', '{}', now()`;
    return { id, sql: `INSERT INTO outbox (id, workspace_id, name, payload, created_at) VALUES (${values})` };
  }),
  fault('feature_left_open', ({ done }) => {
    const id = newId();
    return {
      id,
      sql: `UPDATE runs SET finished_at = now() WHERE id = '${done.id}';
            INSERT INTO features (id, workspace_id, project_id, run_id, description, status)
            SELECT '${id}', workspace_id, project_id, id, 'Shopping lists', 'processing' FROM runs WHERE id = '${done.id}'`,
    };
  }),
];
