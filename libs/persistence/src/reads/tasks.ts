import type { Page, TaskResource, TasksQuery } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, iso, rows } from '../sql.js';
import { DEFAULT_COLUMNS } from '../tasks/columns.js';
import { readPage } from './pages.js';
import type { PageRequest } from './pages.js';

type Instant = 'created_at' | 'updated_at' | 'retired_at' | 'deleted_at';
type Row = Omit<TaskResource, Instant> & {
  created_at: Date;
  updated_at: Date;
  retired_at: Date | null;
  deleted_at: Date | null;
};

/** Which cards of a project; without `deleted` those on the board. */
export type TaskFilter = Pick<TasksQuery, 'status' | 'label' | 'origin' | 'feature_id'> & { deleted?: boolean };

const COLUMNS = `t.id, t.key, t.title, t.description, t.acceptance_criteria, t.type, t.priority, t.estimate, t.labels, t.status,
  t.rank, t.dependencies, t.requirements, t.origin, t.source_task_set_id, t.feature_id, t.edited_fields, t.suggestion,
  t.retired_at, t.deleted_at, t.created_at, t.updated_at`;
const ON_BOARD = 't.retired_at IS NULL AND t.deleted_at IS NULL';

/**
 * A project's own column where it has one, else the workspace's, else that of a workspace which has said nothing; a card in
 * a column that is gone comes last.
 */
const COLUMN_PLACE = `coalesce((
  SELECT c.position FROM columns c
  WHERE c.workspace_id = t.workspace_id AND c.key = t.status AND (c.project_id = t.project_id OR c.project_id IS NULL)
  ORDER BY c.project_id NULLS LAST LIMIT 1),
  CASE t.status ${DEFAULT_COLUMNS.map(({ key }, i) => `WHEN '${key}' THEN ${i + 1}`).join(' ')} END, 1000000)`;

const toResource = (row: Row): TaskResource => ({
  ...row,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
  retired_at: iso(row.retired_at),
  deleted_at: iso(row.deleted_at),
});

/** A card on the board; null for one that was deleted or retired. */
export async function readTask(manager: EntityManager, workspaceId: string, id: string): Promise<TaskResource | null> {
  const sql = `SELECT ${COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.id = $2 AND ${ON_BOARD}`;
  const row = await firstRow<Row>(manager, sql, [workspaceId, id]);
  return row && toResource(row);
}

/** Cards by id, those off the board included. */
export async function readTasksById(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TaskResource>> {
  const found = await rows<Row>(manager, `SELECT ${COLUMNS} FROM tasks t WHERE t.id = ANY($1)`, [ids]);
  return new Map(found.map((row) => [row.id, toResource(row)]));
}

/** Board order: column by column, and by rank within each. */
export function readTasks(
  manager: EntityManager,
  workspaceId: string,
  projectId: string,
  page: PageRequest,
  filter: TaskFilter = {},
): Promise<Page<TaskResource>> {
  const { status, label, origin, feature_id: featureId, deleted = false } = filter;
  return readPage<Row & { place: number }, TaskResource>(
    {
      name: 'tasks',
      keys: ['integer', 'rank', 'uuid'],
      rows: (after, limit) =>
        rows(
          manager,
          `SELECT ${COLUMNS}, place FROM tasks t CROSS JOIN LATERAL (SELECT ${COLUMN_PLACE} AS place) c
           WHERE t.workspace_id = $1 AND t.project_id = $2 AND ${deleted ? `NOT (${ON_BOARD})` : ON_BOARD}
             AND ($4::text IS NULL OR t.status = $4) AND ($5::text IS NULL OR $5 = ANY(t.labels))
             AND ($6::text IS NULL OR t.origin = $6) AND ($7::uuid IS NULL OR t.feature_id = $7)
             ${after ? 'AND (place, t.rank, t.id) > ($8, $9 COLLATE "C", $10::uuid)' : ''}
           ORDER BY place, t.rank, t.id LIMIT $3`,
          [workspaceId, projectId, limit, status, label, origin, featureId, ...(after ?? [])],
        ),
      keysOf: ({ place, rank, id }) => [place, rank, id],
      toItem: ({ place: _, ...row }) => toResource(row),
    },
    page,
  );
}
