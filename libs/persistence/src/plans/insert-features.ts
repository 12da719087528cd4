import type { PlanExport } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import type { ImportTarget } from './new-ids.js';

/** Features as they ended. No run wrote them here, so one that failed stays failed. */
export async function insertFeatures(
  manager: EntityManager,
  { workspaceId, projectId, ids }: ImportTarget,
  features: PlanExport['features'],
): Promise<void> {
  const list = features.map((feature) => ({ ...feature, id: ids.of(feature.id) }));
  await rows(
    manager,
    `INSERT INTO features (id, workspace_id, project_id, description, status, error_message, generated_from_idea, task_count,
       processing_started_at, processing_completed_at)
     SELECT id, $1, $2, description, status, error_message, generated_from_idea, task_count, processing_started_at,
       processing_completed_at
     FROM jsonb_to_recordset($3::jsonb) AS (
       id uuid, description text, status text, error_message text, generated_from_idea boolean, task_count integer,
       processing_started_at timestamptz, processing_completed_at timestamptz)`,
    [workspaceId, projectId, JSON.stringify(list)],
  );
}

/** Shows readers of a feature the version of its spec that came with it. */
export async function showSpecs(manager: EntityManager, { projectId }: ImportTarget): Promise<void> {
  await rows(
    manager,
    `UPDATE features f SET spec_version_id = d.active_version_id FROM documents d
     WHERE f.project_id = $1 AND d.feature_id = f.id AND d.kind = 'feature_spec'`,
    [projectId],
  );
}
