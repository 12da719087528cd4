import type { FeatureResource, FeaturesQuery, Page } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, iso, rows } from '../sql.js';
import { readPage } from './pages.js';

interface Row extends Omit<FeatureResource, 'created_at' | 'processing_started_at' | 'processing_completed_at'> {
  created_at: Date;
  processing_started_at: Date | null;
  processing_completed_at: Date | null;
}

const SELECT = `
  SELECT f.id, f.project_id, f.run_id, f.description, f.status, f.processing_started_at, f.processing_completed_at,
    f.error_message, f.generated_from_idea, f.spec_version_id, f.task_count, f.created_at
  FROM features f`;

const toResource = (row: Row): FeatureResource => ({
  ...row,
  processing_started_at: iso(row.processing_started_at),
  processing_completed_at: iso(row.processing_completed_at),
  created_at: iso(row.created_at),
});

export async function readFeature(
  manager: EntityManager,
  workspaceId: string,
  id: string,
): Promise<FeatureResource | null> {
  const row = await firstRow<Row>(manager, `${SELECT} WHERE f.workspace_id = $1 AND f.id = $2`, [workspaceId, id]);
  return row && toResource(row);
}

/** Newest first, whatever became of them. */
export function readFeatures(
  manager: EntityManager,
  workspaceId: string,
  projectId: string,
  { status, ...page }: FeaturesQuery,
): Promise<Page<FeatureResource>> {
  return readPage<Row, FeatureResource>(
    {
      name: 'features',
      keys: ['uuid'],
      rows: (after, limit) =>
        rows(
          manager,
          `${SELECT} WHERE f.workspace_id = $1 AND f.project_id = $2 AND ($4::text IS NULL OR f.status = $4)
             ${after ? 'AND f.id < $5' : ''}
           ORDER BY f.id DESC LIMIT $3`,
          [workspaceId, projectId, limit, status ?? null, ...(after ?? [])],
        ),
      keysOf: ({ id }) => [id],
      toItem: toResource,
    },
    page,
  );
}
