import { newId } from '@planwright/runtime';
import { fault, OTHER_WORKSPACE } from './fault.js';
import type { Fault } from './fault.js';

export const ORPHANED: Fault[] = [
  ...['ended', 'gone'].map((how) =>
    fault(
      'scope_of_ended_run',
      ({ done }) => {
        const id = how === 'ended' ? done.id : newId();
        return {
          id,
          sql: `INSERT INTO run_scopes (project_id, scope, workspace_id, run_id)
                SELECT project_id, 'prd', workspace_id, '${id}' FROM runs WHERE id = '${done.id}'`,
        };
      },
      how,
    ),
  ),
  fault('open_version_without_run', ({ waiting: { versions } }) => ({
    id: versions['prd']!,
    sql: `UPDATE document_versions SET run_id = NULL WHERE id = '${versions['prd']}'`,
  })),
  fault('turn_without_steps', () => ({
    id: OTHER_WORKSPACE,
    sql: `INSERT INTO admission_turns (class, workspace_id, turn) VALUES ('background', '${OTHER_WORKSPACE}', 1)`,
  })),
];
