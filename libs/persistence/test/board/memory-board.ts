import { createTask } from '@planwright/contracts';
import type { TaskResource } from '@planwright/contracts';
import { editedFields } from '@planwright/plan';
import { Board } from '../../src/tasks/board.js';
import type { BoardRefusal } from '../../src/tasks/board-answer.js';
import * as change from '../../src/tasks/change-board.js';
import { DEFAULT_COLUMNS } from '../../src/tasks/columns.js';
import { mergeOnBoard } from '../../src/tasks/merge-on-board.js';
import type { StoredCard } from '../../src/tasks/stored-card.js';
import type { BoardUnderTest } from './board-model.js';

const NEVER = '2026-01-01T00:00:00.000Z';

/** The decisions without a database: each act sees what the last one left. */
export function memoryBoard(): BoardUnderTest {
  let cards: StoredCard[] = [];
  let lastNumber = 0;
  let minted = 0;
  const newId = () => `00000000-0000-7000-8000-${String(++minted).padStart(12, '0')}`;
  const on = async (work: (board: Board) => BoardRefusal | null | undefined): Promise<boolean> => {
    const board = new Board({ workspaceId: 'w', projectId: 'p', columns: DEFAULT_COLUMNS, lastNumber, cards });
    if (work(board)) return false;
    lastNumber = board.lastNumber;
    cards = board.cards;
    return true;
  };
  const made = new WeakMap<StoredCard, TaskResource>();
  /** The same object for a card that is as it was: most of them are, most of the time. */
  const shown = (card: StoredCard): TaskResource => {
    const resource = made.get(card) ?? toResource(card);
    made.set(card, resource);
    return resource;
  };
  const of = (id: string, work: (board: Board, card: StoredCard) => BoardRefusal | null) =>
    on((board) => {
      const card = board.find(id);
      return card ? work(board, card) : { kind: 'not_found' };
    });
  return {
    read: async () => cards.map(shown),
    create: (task) => on((board) => change.createCard(board, newId(), createTask.parse(task))),
    edit: (id, changes) => of(id, (board, card) => change.editOnBoard(board, card, changes)),
    move: (id, to) => of(id, (board, card) => change.moveOnBoard(board, card, to)),
    delete: (id) => of(id, change.deleteFromBoard),
    restore: (id) => of(id, change.restoreToBoard),
    decide: (id, decision) => of(id, (board, card) => change.decideOnBoard(board, card, decision)),
    regenerate: async (drafts) => {
      await on((board) => {
        mergeOnBoard(board, { versionId: 'v', featureId: null, drafts, ids: drafts.map(newId) });
        return null;
      });
    },
  };
}

function toResource(card: StoredCard): TaskResource {
  const { id, number, fields, status, rank, origin, featureId, taskSetId, suggestion, place } = card;
  return {
    ...{
      id,
      key: `T-${number}`,
      ...fields,
      status,
      rank,
      origin,
      feature_id: featureId,
      source_task_set_id: taskSetId,
    },
    ...{ edited_fields: editedFields(card), suggestion, created_at: NEVER, updated_at: NEVER },
    retired_at: place === 'retired' ? NEVER : null,
    deleted_at: place === 'deleted' ? NEVER : null,
  };
}
