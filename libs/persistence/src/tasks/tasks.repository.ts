import type { CreateTask, DecideSuggestion, MoveTask, TaskDraft, UpdateTask } from '@planwright/contracts';
import { planTaskMerge } from '@planwright/plan';
import type { TaskMergeCounts } from '@planwright/plan';
import { newId } from '@planwright/runtime';
import type { EntityManager } from 'typeorm';
import { readTasksById } from '../reads/tasks.js';
import { firstRow } from '../sql.js';
import type { Board } from './board.js';
import { refused } from './board-answer.js';
import type { BoardAnswer, BoardChange, BoardRefusal } from './board-answer.js';
import {
  createCard,
  decideOnBoard,
  deleteFromBoard,
  editOnBoard,
  moveOnBoard,
  restoreToBoard,
} from './change-board.js';
import { mergeOnBoard } from './merge-on-board.js';
import type { LeftOut } from './merge-on-board.js';
import { lockBoard, readBoard, saveBoard } from './stored-board.js';
import type { StoredCard } from './stored-card.js';

/** A card that somebody wants to change. */
export interface CardToChange {
  workspaceId: string;
  taskId: string;
  /** Values of `updated_at` it may have, for a caller who has seen one; undefined for any. */
  expected?: readonly string[] | undefined;
}

type Work = (board: Board, card: StoredCard) => BoardRefusal | null;

/**
 * Changes of boards. Each locks the project's row first, so all of a project's come one after the other: keys are given
 * once, ranks are unique within a column, dependencies close no circle. What changed is answered for the facts that go
 * into the same transaction.
 */
export class TasksRepository {
  constructor(private readonly manager: EntityManager) {}

  /** A card of a person, at the end of its column. */
  async create(workspaceId: string, projectId: string, task: CreateTask): Promise<BoardAnswer> {
    const id = newId();
    const board = await lockBoard(this.manager, workspaceId, projectId, id);
    if (!board) return refused({ kind: 'not_found' });
    const refusal = createCard(board, id, task);
    return refusal ? refused(refusal) : this.save(board, id);
  }

  edit(card: CardToChange, changes: UpdateTask): Promise<BoardAnswer> {
    return this.onBoard(card, (board, found) => editOnBoard(board, found, changes));
  }
  move(card: CardToChange, to: MoveTask): Promise<BoardAnswer> {
    return this.onBoard(card, (board, found) => moveOnBoard(board, found, to));
  }
  delete(card: CardToChange): Promise<BoardAnswer> {
    return this.onBoard(card, deleteFromBoard);
  }
  decide(card: CardToChange, decision: DecideSuggestion): Promise<BoardAnswer> {
    return this.onBoard(card, (board, found) => decideOnBoard(board, found, decision));
  }
  /** The one change of a card that is off the board; one that is on it stays as it is. */
  restore(card: CardToChange): Promise<BoardAnswer> {
    return this.change(card, restoreToBoard, ['board', 'retired', 'deleted']);
  }

  /**
   * Lets a task set meet the board: the same when it was just written and when an older one is activated again. Merges
   * only cards of its own kind: the project's, or those of the feature the version belongs to. The same set again changes
   * nothing. `dropped`: dependencies that would have closed a circle with one that a person made.
   */
  async mergeTaskSet(
    projectId: string,
    versionId: string,
    drafts: readonly TaskDraft[],
  ): Promise<{ changes: BoardChange[]; dropped: LeftOut[] }> {
    const { board, featureId } = await this.boardOf(
      await lockBoard(this.manager, null, projectId),
      projectId,
      versionId,
    );
    const dropped = mergeOnBoard(board, { versionId, featureId, drafts, ids: drafts.map(() => newId()) });
    return { changes: await saveBoard(this.manager, board), dropped };
  }

  /**
   * What `mergeTaskSet` would do, without doing it; with null for drafts that are not written yet, what it may do at most.
   * Locks nothing.
   */
  async previewTaskSet(
    projectId: string,
    versionId: string | null,
    drafts: readonly TaskDraft[] | null,
  ): Promise<TaskMergeCounts> {
    const { board, featureId } = await this.boardOf(await readBoard(this.manager, projectId), projectId, versionId);
    return planTaskMerge({ cards: board.cards, drafts, featureId });
  }

  private onBoard(card: CardToChange, work: Work): Promise<BoardAnswer> {
    return this.change(card, work, ['board']);
  }

  private async change(
    { workspaceId, taskId, expected }: CardToChange,
    work: Work,
    places: readonly StoredCard['place'][],
  ): Promise<BoardAnswer> {
    const sql = 'SELECT project_id AS "projectId" FROM tasks WHERE workspace_id = $1 AND id = $2';
    const owner = await firstRow<{ projectId: string }>(this.manager, sql, [workspaceId, taskId]);
    const board = owner && (await lockBoard(this.manager, workspaceId, owner.projectId, taskId));
    const card = board?.find(taskId);
    if (!board || !card || !places.includes(card.place)) return refused({ kind: 'not_found' });
    if (expected) {
      const current = (await readTasksById(this.manager, [taskId])).get(taskId);
      if (current && !expected.includes(current.updated_at)) return refused({ kind: 'changed', current });
    }
    const refusal = work(board, card);
    return refusal ? refused(refusal) : this.save(board, taskId);
  }

  private async save(board: Board, taskId: string): Promise<BoardAnswer> {
    const changes = await saveBoard(this.manager, board);
    const task = (await readTasksById(this.manager, [taskId])).get(taskId);
    if (!task) throw new Error(`card ${taskId} was stored, but is not there`);
    return { ok: true, projectId: board.projectId, task, changes };
  }

  private async boardOf(board: Board | null, projectId: string, versionId: string | null) {
    if (!board) throw new Error(`project ${projectId} is gone`);
    if (versionId === null) return { board, featureId: null };
    const version = await firstRow<{ featureId: string | null }>(
      this.manager,
      `SELECT d.feature_id AS "featureId" FROM document_versions v JOIN documents d ON d.id = v.document_id
       WHERE v.id = $1 AND d.project_id = $2`,
      [versionId, projectId],
    );
    if (!version) throw new Error(`project ${projectId} has no version ${versionId}`);
    return { board, featureId: version.featureId };
  }
}
