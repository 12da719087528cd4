import type { AuditEntryResource, Page } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { iso, rows } from '../sql.js';
import { readPage } from './pages.js';
import type { PageRequest } from './pages.js';

type Row = Omit<AuditEntryResource, 'at'> & { at: Date };

/** Newest first, by ids: they hold the instant at which they were minted. */
export function readAuditLog(
  manager: EntityManager,
  workspaceId: string,
  page: PageRequest,
): Promise<Page<AuditEntryResource>> {
  return readPage<Row, AuditEntryResource>(
    {
      name: 'audit_log',
      keys: ['uuid'],
      rows: (after, limit) =>
        rows(
          manager,
          `SELECT id, actor, action, subject, request_id, before_hash, after_hash, at FROM audit_log
           WHERE workspace_id = $1 ${after ? 'AND id < $3' : ''} ORDER BY id DESC LIMIT $2`,
          [workspaceId, limit, ...(after ?? [])],
        ),
      keysOf: ({ id }) => [id],
      toItem: (row) => ({ ...row, at: iso(row.at) }),
    },
    page,
  );
}
