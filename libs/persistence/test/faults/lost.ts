import { fault, REOPEN } from './fault.js';
import type { Fault } from './fault.js';

export const LOST: Fault[] = [
  fault('active_run_without_scope', ({ active: { id } }) => ({
    id,
    sql: `DELETE FROM run_scopes WHERE run_id = '${id}' AND scope = 'prd'`,
  })),
  fault('active_run_without_documents', ({ active: { id } }) => ({
    id,
    sql: `UPDATE document_versions SET run_id = NULL WHERE run_id = '${id}'`,
  })),
  fault(
    'section_nobody_writes',
    ({ active: { versions, steps } }) => ({
      id: versions['prd']!,
      sql: `DELETE FROM steps WHERE id = '${steps['goals']}'`,
    }),
    'the step is gone',
  ),
  fault(
    'section_nobody_writes',
    ({ active: { versions, steps } }) => ({
      id: versions['prd']!,
      sql: `UPDATE steps SET status = 'cancelled', reason = 'cancelled', finished_at = now() WHERE id = '${steps['goals']}'`,
    }),
    'the step has ended',
  ),
  fault('open_step_of_ended_run', ({ done: { steps } }) => ({
    id: steps['goals']!,
    sql: `UPDATE steps SET ${REOPEN} WHERE id = '${steps['goals']}'`,
  })),
  fault('open_document_of_ended_run', ({ done: { versions } }) => ({
    id: versions['prd']!,
    sql: `UPDATE document_versions SET status = 'generating' WHERE id = '${versions['prd']}'`,
  })),
  fault('open_section_of_ended_document', ({ partial: { versions } }) => ({
    id: versions['prd']!,
    sql: `UPDATE sections SET status = 'pending', error = NULL, problem = NULL, draft = NULL
          WHERE version_id = '${versions['prd']}' AND status = 'failed'`,
  })),
  fault('text_without_success', ({ done: { steps } }) => ({
    id: steps['goals']!,
    sql: `UPDATE steps SET status = 'cancelled', reason = 'cancelled' WHERE id = '${steps['goals']}'`,
  })),
  fault(
    'success_without_text',
    ({ done: { steps } }) => ({
      id: steps['goals']!,
      sql: `UPDATE sections SET status = 'cancelled', content = NULL, sha256 = NULL WHERE step_id = '${steps['goals']}'`,
    }),
    'the text is gone',
  ),
  fault(
    'success_without_text',
    ({ done: { steps } }) => ({
      id: steps['goals']!,
      sql: `UPDATE sections SET step_id = '${steps['problem']}' WHERE step_id = '${steps['goals']}'`,
    }),
    'the text is of another step',
  ),
  fault('section_unlike_its_step', ({ active: { steps } }) => ({
    id: steps['goals']!,
    sql: `UPDATE sections SET status = 'pending' WHERE step_id = '${steps['goals']}'`,
  })),
  fault('document_without_active_version', ({ done: { documents } }) => ({
    id: documents['prd']!,
    sql: `UPDATE documents SET active_version_id = NULL WHERE id = '${documents['prd']}'`,
  })),
];
