import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

/**
 * Makes the version that has just ended the one readers get, if it should be: it is `ready`, or `partial` where no
 * `ready` one would be replaced, and the pointer still is what it was when the run was made. A pointer that somebody
 * moved meanwhile stays where it is. Locks the document's row; a `failed` or `cancelled` version changes nothing.
 */
export async function activateIfDue(manager: EntityManager, runId: string, documentId: string): Promise<void> {
  await rows(
    manager,
    `UPDATE documents d SET active_version_id = v.id
     FROM document_versions v
     WHERE v.run_id = $1 AND v.document_id = $2 AND d.id = v.document_id
       AND d.active_version_id IS NOT DISTINCT FROM v.base_active_version_id
       AND (v.status = 'ready' OR (v.status = 'partial' AND NOT EXISTS (
         SELECT 1 FROM document_versions active WHERE active.id = d.active_version_id AND active.status = 'ready'
       )))`,
    [runId, documentId],
  );
}
