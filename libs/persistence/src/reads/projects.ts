import type { Page, ProjectResource } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, preparedRows, iso, rows } from '../sql.js';
import { readPage } from './pages.js';
import type { PageRequest } from './pages.js';
import type { ApiKey } from './types.js';

type Row = Omit<ProjectResource, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date };

const active = (kind: string) =>
  `(SELECT d.active_version_id FROM documents d WHERE d.project_id = p.id AND d.kind = '${kind}' AND d.feature_id IS NULL)`;

/** The project's three pointers are those of its documents: there is no second copy that could disagree. */
const SELECT = `
  SELECT p.id, p.name, p.idea, p.constraints, p.preferred_provider, p.preferred_model,
    ${active('prd')} AS active_prd_version_id,
    ${active('tech_spec')} AS active_tech_version_id,
    ${active('task_set')} AS active_task_set_id,
    p.created_at, p.updated_at
  FROM projects p`;

const toResource = (row: Row): ProjectResource => ({
  ...row,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});

export async function readProject(
  manager: EntityManager,
  workspaceId: string,
  id: string,
): Promise<ProjectResource | null> {
  const row = await firstRow<Row>(manager, `${SELECT} WHERE p.workspace_id = $1 AND p.id = $2`, [workspaceId, id]);
  return row && toResource(row);
}

/** Newest first. */
export function readProjects(
  manager: EntityManager,
  workspaceId: string,
  page: PageRequest,
): Promise<Page<ProjectResource>> {
  return readPage<Row, ProjectResource>(
    {
      name: 'projects',
      keys: ['uuid'],
      rows: (after, limit) =>
        rows(
          manager,
          `${SELECT} WHERE p.workspace_id = $1 ${after ? 'AND p.id < $3' : ''} ORDER BY p.id DESC LIMIT $2`,
          [workspaceId, limit, ...(after ?? [])],
        ),
      keysOf: ({ id }) => [id],
      toItem: toResource,
    },
    page,
  );
}

/** A key that is neither revoked nor expired, also by its secret of before while that is good. The hash is SHA-256 in lower-case hex. */
export async function readApiKey(manager: EntityManager, hash: string): Promise<ApiKey | null> {
  // Asked with every request: prepared.
  const sql = `SELECT id, workspace_id AS "workspaceId", name, scopes, last_used_at AS "lastUsedAt" FROM api_keys
     WHERE (hash = $1 OR (previous_hash = $1 AND previous_expires_at > now()))
       AND revoked_at IS NULL AND (expires_at > now()) IS NOT FALSE`;
  return (await preparedRows<ApiKey>(manager, 'read_api_key', sql, [hash]))[0] ?? null;
}
