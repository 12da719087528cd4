import type { TaskResource } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { readTasksById } from '../reads/tasks.js';
import { firstRow, rows } from '../sql.js';
import { Board } from './board.js';
import type { BoardChange } from './board-answer.js';
import { readColumns } from './columns.js';
import { insertCards, moveCards, readCards, updateCards } from './stored-card.js';

/**
 * Locks the project's row and reads its board: until the transaction ends nobody else changes its cards, keys, ranks or
 * columns. Runs of the project can be made meanwhile. Null when there is no such project; a `workspaceId` of null takes
 * any workspace's. `textOf`: only this card is going to be changed, beside ranks (`readCards`).
 */
export function lockBoard(
  manager: EntityManager,
  workspaceId: string | null,
  projectId: string,
  textOf?: string,
): Promise<Board | null> {
  return boardOf(manager, 'FOR NO KEY UPDATE', workspaceId, projectId, textOf);
}

/** The board as it stands, for questions about it: locks nothing, and waits for nobody. Null when there is no such project. */
export function readBoard(manager: EntityManager, projectId: string): Promise<Board | null> {
  return boardOf(manager, '', null, projectId);
}

async function boardOf(
  manager: EntityManager,
  lock: '' | 'FOR NO KEY UPDATE',
  workspaceId: string | null,
  projectId: string,
  textOf?: string,
): Promise<Board | null> {
  const project = await firstRow<{ workspaceId: string; lastNumber: number }>(
    manager,
    `SELECT workspace_id AS "workspaceId", last_task_number AS "lastNumber" FROM projects
     WHERE id = $1 AND ($2::uuid IS NULL OR workspace_id = $2) ${lock}`,
    [projectId, workspaceId],
  );
  if (!project) return null;
  const { columns } = await readColumns(manager, project.workspaceId, projectId);
  const cards = await readCards(manager, projectId, columns, textOf);
  return new Board({ ...project, projectId, columns, cards, textOf });
}

/** Stores what became of a board, and answers what its followers are to be told, in order. */
export async function saveBoard(manager: EntityManager, board: Board): Promise<BoardChange[]> {
  const changes = board.changes();
  if (changes.length === 0) return [];
  const fresh = changes.filter(({ type }) => type === 'task.created').map(({ card }) => card);
  if (fresh.length > 0) {
    const sql = 'UPDATE projects SET last_task_number = greatest(last_task_number, $2) WHERE id = $1';
    await rows(manager, sql, [board.projectId, board.lastNumber]);
  }
  const known = changes.filter(({ type }) => type !== 'task.created').map(({ card }) => card);
  await moveCards(
    manager,
    known.filter((card) => !board.hasText(card)),
  );
  await updateCards(
    manager,
    known.filter((card) => board.hasText(card)),
  );
  await insertCards(manager, board, fresh);
  const tasks = await readTasksById(
    manager,
    changes.map(({ card }) => card.id),
  );
  return changes.map(({ card, type }) => ({ type, task: found(tasks, card.id) }));
}

function found(tasks: ReadonlyMap<string, TaskResource>, id: string): TaskResource {
  const task = tasks.get(id);
  if (!task) throw new Error(`card ${id} was stored, but is not there`);
  return task;
}
