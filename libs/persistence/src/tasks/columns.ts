import type { Column, ColumnCategory, ColumnScope } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

/** The columns of a board, in order, and whose they are. */
export interface BoardColumns {
  scope: ColumnScope;
  columns: Column[];
}

/** What a workspace has that has said nothing else. */
export const DEFAULT_COLUMNS: readonly Column[] = [
  { key: 'todo', title: 'To do', category: 'todo' },
  { key: 'in_progress', title: 'In progress', category: 'started' },
  { key: 'done', title: 'Done', category: 'done' },
];

/** The project's own columns where it has any, else the workspace's. */
export async function readColumns(
  manager: EntityManager,
  workspaceId: string,
  projectId: string,
): Promise<BoardColumns> {
  const found = await rows<Column & { own: boolean }>(
    manager,
    `SELECT key, title, category, project_id IS NOT NULL AS own FROM columns
     WHERE workspace_id = $1 AND (project_id = $2 OR project_id IS NULL) ORDER BY position`,
    [workspaceId, projectId],
  );
  const own = found.filter((column) => column.own);
  const shown = (own.length > 0 ? own : found).map(({ own: _, ...column }) => column);
  return {
    scope: own.length > 0 ? 'project' : 'workspace',
    columns: shown.length > 0 ? shown : [...DEFAULT_COLUMNS],
  };
}

/** The category of a column; null for one that the board has not. */
export function categoryOf(columns: readonly Column[], status: string): ColumnCategory | null {
  return columns.find(({ key }) => key === status)?.category ?? null;
}

/** Where new cards begin. */
export function firstTodo(columns: readonly Column[]): string {
  const first = columns.find(({ category }) => category === 'todo');
  if (!first) throw new Error('a board has no column of category todo');
  return first.key;
}
