import type { RequirementResource, TaskResource } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow } from '../sql.js';

/** What coverage is computed from. */
export interface LinkedPlan {
  /** Of the active versions of the project's documents, in the order of their texts. */
  requirements: RequirementResource[];
  /** Cards on the board, in the order of their keys. */
  tasks: (Pick<TaskResource, 'id' | 'key' | 'title' | 'type' | 'requirements'> & { featureId: string | null })[];
}

/** Both sides in one statement, so that they are of one instant. Null where the workspace has no such project. */
export function readLinkedPlan(
  manager: EntityManager,
  workspaceId: string,
  projectId: string,
): Promise<LinkedPlan | null> {
  return firstRow<LinkedPlan>(
    manager,
    `SELECT coalesce((
       SELECT json_agg(json_build_object('id', r.key, 'section_id', r.section_id, 'text', r.quote)
         ORDER BY d.id, s."order", r.position)
       FROM documents d
       JOIN requirements r ON r.version_id = d.active_version_id
       JOIN sections s ON s.version_id = r.version_id AND s.section_id = r.section_id
       WHERE d.project_id = p.id AND d.feature_id IS NULL AND d.archived_at IS NULL), '[]') AS requirements,
     coalesce((
       SELECT json_agg(json_build_object('id', t.id, 'key', t.key, 'title', t.title, 'type', t.type,
         'requirements', t.requirements, 'featureId', t.feature_id) ORDER BY t.number)
       FROM tasks t WHERE t.project_id = p.id AND t.retired_at IS NULL AND t.deleted_at IS NULL), '[]') AS tasks
     FROM projects p WHERE p.workspace_id = $1 AND p.id = $2`,
    [workspaceId, projectId],
  );
}
