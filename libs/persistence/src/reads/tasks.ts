import type { Page, TaskResource } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, iso, rows } from '../sql.js';
import { readPage } from './pages.js';
import type { PageRequest } from './pages.js';

type Row = Omit<TaskResource, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date };

const COLUMNS = `t.id, t.key, t.title, t.description, t.acceptance_criteria, t.type, t.priority, t.estimate, t.labels, t.status,
  t.rank, t.dependencies, t.requirements, t.origin, t.source_task_set_id, t.feature_id, t.edited_fields, t.suggestion,
  t.created_at, t.updated_at`;
const ON_BOARD = 't.retired_at IS NULL AND t.deleted_at IS NULL';

/** A project's own column where it has one, else the workspace's; a card in a column that is gone comes last. */
const COLUMN_PLACE = `coalesce((
  SELECT c.position FROM columns c
  WHERE c.workspace_id = t.workspace_id AND c.key = t.status AND (c.project_id = t.project_id OR c.project_id IS NULL)
  ORDER BY c.project_id NULLS LAST LIMIT 1), 1000000)`;

const toResource = (row: Row): TaskResource => ({
  ...row,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});

/** A card on the board; null for one that was deleted or retired. */
export async function readTask(manager: EntityManager, workspaceId: string, id: string): Promise<TaskResource | null> {
  const sql = `SELECT ${COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.id = $2 AND ${ON_BOARD}`;
  const row = await firstRow<Row>(manager, sql, [workspaceId, id]);
  return row && toResource(row);
}

/** Cards of one task set, in the order in which they were numbered. */
export async function readTasksOf(manager: EntityManager, versionId: string): Promise<TaskResource[]> {
  const sql = `SELECT ${COLUMNS} FROM tasks t WHERE t.source_task_set_id = $1 AND ${ON_BOARD} ORDER BY t.number`;
  return (await rows<Row>(manager, sql, [versionId])).map(toResource);
}

/** Board order: column by column, and by rank within each. */
export function readTasks(
  manager: EntityManager,
  workspaceId: string,
  projectId: string,
  page: PageRequest,
): Promise<Page<TaskResource>> {
  return readPage<Row & { place: number }, TaskResource>(
    {
      name: 'tasks',
      keys: ['integer', 'rank', 'uuid'],
      rows: (after, limit) =>
        rows(
          manager,
          `SELECT ${COLUMNS}, place FROM tasks t CROSS JOIN LATERAL (SELECT ${COLUMN_PLACE} AS place) c
           WHERE t.workspace_id = $1 AND t.project_id = $2 AND ${ON_BOARD}
             ${after ? 'AND (place, t.rank, t.id) > ($4, $5 COLLATE "C", $6::uuid)' : ''}
           ORDER BY place, t.rank, t.id LIMIT $3`,
          [workspaceId, projectId, limit, ...(after ?? [])],
        ),
      keysOf: ({ place, rank, id }) => [place, rank, id],
      toItem: ({ place: _, ...row }) => toResource(row),
    },
    page,
  );
}
