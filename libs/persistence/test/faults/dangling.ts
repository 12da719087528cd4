import { newId } from '@planwright/runtime';
import { fault, OTHER_WORKSPACE, without } from './fault.js';
import type { Fault } from './fault.js';
import type { Scene } from '../verify-scene.js';

export const DANGLING: Fault[] = [
  fault(
    'active_version_unusable',
    ({ done: { documents } }) => ({
      id: documents['prd']!,
      sql: `${without('documents', 'documents_active_version_id_fkey')}
            UPDATE documents SET active_version_id = '${newId()}' WHERE id = '${documents['prd']}'`,
    }),
    'it is not there',
  ),
  fault(
    'active_version_unusable',
    ({ done: { documents, versions } }) => ({
      id: documents['prd']!,
      sql: `UPDATE documents SET active_version_id = '${versions['task_set']}' WHERE id = '${documents['prd']}'`,
    }),
    'it is of another document',
  ),
  fault(
    'active_version_unusable',
    ({ done: { documents }, active: { documents: own, versions } }) => ({
      id: own['prd']!,
      sql: `UPDATE documents SET active_version_id = '${versions['prd']}' WHERE id IN ('${own['prd']}', '${documents['prd']}')`,
    }),
    'it is not finished',
  ),
  fault(
    'input_version_missing',
    ({ done: { versions } }) => ({
      id: versions['task_set']!,
      sql: `UPDATE document_versions SET inputs = '{"prd": "${newId()}"}' WHERE id = '${versions['task_set']}'`,
    }),
    'it is not there',
  ),
  fault(
    'input_version_missing',
    ({ done: { versions }, retry }) => ({
      id: versions['task_set']!,
      sql: `UPDATE document_versions SET inputs = '{"prd": "${retry.versions['prd']}"}' WHERE id = '${versions['task_set']}'`,
    }),
    'it is of another project',
  ),
  fault('base_version_missing', ({ done: { versions } }) => ({
    id: versions['prd']!,
    sql: `UPDATE document_versions SET base_active_version_id = '${versions['task_set']}' WHERE id = '${versions['prd']}'`,
  })),
  fault(
    'section_step_missing',
    ({ retry: { versions } }) => ({
      id: versions['prd']!,
      sql: `UPDATE sections SET step_id = '${newId()}' WHERE version_id = '${versions['prd']}' AND section_id = 'problem'`,
    }),
    'it is not there',
  ),
  fault(
    'section_step_missing',
    ({ retry: { versions, steps } }) => ({
      id: versions['prd']!,
      sql: `UPDATE sections SET step_id = '${steps['goals']}' WHERE version_id = '${versions['prd']}' AND section_id = 'problem'`,
    }),
    'it writes another section',
  ),
  fault(
    'section_step_missing',
    ({ retry: { versions }, partial: { steps } }) => ({
      id: versions['prd']!,
      sql: `UPDATE steps SET status = 'cancelled', reason = 'cancelled' WHERE id = '${steps['problem']}'`,
    }),
    'a carried text is of a step that did not succeed',
  ),
  fault(
    'section_step_missing',
    ({ retry: { versions } }) => ({
      id: versions['prd']!,
      sql: `UPDATE sections SET step_id = NULL WHERE version_id = '${versions['prd']}' AND section_id = 'problem'`,
    }),
    'a text is of nobody',
  ),
  fault(
    'step_in_the_wrong_place',
    ({ done: { steps, documents } }) => ({
      id: steps['goals']!,
      sql: `UPDATE steps SET document_id = '${documents['task_set']}' WHERE id = '${steps['goals']}'`,
    }),
    'document',
  ),
  fault(
    'step_in_the_wrong_place',
    ({ done: { steps }, cancelled }) => ({
      id: steps['goals']!,
      sql: `UPDATE steps SET run_id = '${cancelled.id}', ordinal = 9 WHERE id = '${steps['goals']}'`,
    }),
    'run',
  ),
  fault(
    'retried_run_missing',
    ({ retry: { id } }) => ({
      id,
      sql: `${without('runs', 'runs_retry_of_fkey')} UPDATE runs SET retry_of = '${newId()}' WHERE id = '${id}'`,
    }),
    'it is not there',
  ),
  fault(
    'retried_run_missing',
    ({ retry: { id }, done }) => ({ id, sql: `UPDATE runs SET retry_of = '${done.id}' WHERE id = '${id}'` }),
    'it is of another project',
  ),
  fault('task_dependency_missing', ({ done: { projectId } }) => {
    const id = newId();
    return {
      id,
      sql: `UPDATE tasks SET id = '${id}', dependencies = ARRAY['${newId()}'::uuid] WHERE project_id = '${projectId}' AND number = 2`,
    };
  }),
  fault('task_in_no_column', ({ done: { projectId } }) => {
    const id = newId();
    return {
      id,
      sql: `UPDATE tasks SET id = '${id}', status = 'someday' WHERE project_id = '${projectId}' AND number = 2`,
    };
  }),
];

/** Every table whose rows belong to something of a workspace. */
export const FOREIGN: Fault[] = foreignRows();

function foreignRows(): Fault[] {
  const rows: [table: string, column: string, id: (scene: Scene) => string][] = [
    ['runs', 'id', ({ done }) => done.id],
    ['run_scopes', 'run_id', ({ active }) => active.id],
    ['documents', 'id', ({ done }) => done.documents['prd']!],
    ['document_versions', 'id', ({ done }) => done.versions['prd']!],
    ['sections', 'version_id', ({ done }) => done.versions['prd']!],
    ['steps', 'id', ({ done }) => done.steps['goals']!],
    ['run_events', 'run_id', ({ done }) => done.id],
    ['usage_ledger', 'step_id', ({ done }) => done.steps['goals']!],
  ];
  return [
    ...rows.map(([table, column, idOf]) =>
      fault(
        'row_of_another_workspace',
        (scene) => ({
          id: idOf(scene),
          sql: `UPDATE ${table} SET workspace_id = '${OTHER_WORKSPACE}' WHERE ${column} = '${idOf(scene)}'`,
        }),
        table,
      ),
    ),
    fault(
      'row_of_another_workspace',
      ({ done: { projectId } }) => {
        const id = newId();
        return {
          id,
          sql: `UPDATE tasks SET id = '${id}', workspace_id = '${OTHER_WORKSPACE}' WHERE project_id = '${projectId}' AND number = 2`,
        };
      },
      'tasks',
    ),
  ];
}
