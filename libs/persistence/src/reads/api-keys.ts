import type { ApiKeyResource, Page } from '@planwright/contracts';
import { strongestRole } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, iso, rows } from '../sql.js';
import { readPage } from './pages.js';
import type { PageRequest } from './pages.js';

type Instants = 'expires_at' | 'last_used_at' | 'rotated_at' | 'previous_expires_at' | 'revoked_at';
type Row = Omit<ApiKeyResource, 'role' | 'prefix' | 'created_at' | Instants> & {
  scopes: string[];
  public_id: string | null;
  created_at: Date;
} & Record<Instants, Date | null>;

const SELECT = `
  SELECT id, name, scopes, public_id, created_by, created_at, expires_at, last_used_at, rotated_at, previous_expires_at,
    revoked_at
  FROM api_keys`;

const toResource = ({ scopes, public_id, ...row }: Row): ApiKeyResource => ({
  id: row.id,
  name: row.name,
  role: strongestRole(scopes) ?? 'viewer',
  prefix: public_id === null ? null : `pw_${public_id}`,
  created_by: row.created_by,
  created_at: iso(row.created_at),
  expires_at: iso(row.expires_at),
  last_used_at: iso(row.last_used_at),
  rotated_at: iso(row.rotated_at),
  previous_expires_at: iso(row.previous_expires_at),
  revoked_at: iso(row.revoked_at),
});

export async function readApiKeyResource(
  manager: EntityManager,
  workspaceId: string,
  id: string,
): Promise<ApiKeyResource | null> {
  const row = await firstRow<Row>(manager, `${SELECT} WHERE workspace_id = $1 AND id = $2`, [workspaceId, id]);
  return row && toResource(row);
}

/** Newest first. */
export function readApiKeys(
  manager: EntityManager,
  workspaceId: string,
  page: PageRequest,
): Promise<Page<ApiKeyResource>> {
  return readPage<Row, ApiKeyResource>(
    {
      name: 'api_keys',
      keys: ['uuid'],
      rows: (after, limit) =>
        rows(manager, `${SELECT} WHERE workspace_id = $1 ${after ? 'AND id < $3' : ''} ORDER BY id DESC LIMIT $2`, [
          workspaceId,
          limit,
          ...(after ?? []),
        ]),
      keysOf: ({ id }) => [id],
      toItem: toResource,
    },
    page,
  );
}
