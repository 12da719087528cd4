import type { TaskDraft } from '@planwright/contracts';
import { mergeTasks } from '@planwright/plan';
import type { ChangedCard } from '@planwright/plan';
import type { Board } from './board.js';
import { bringBack, rankAtEnd } from './change-board.js';
import type { StoredCard } from './stored-card.js';

/** A task set that comes onto a board. */
export interface ComingTaskSet {
  /** Version of the document it is. */
  versionId: string;
  /** The feature it is of; null for the project's own. */
  featureId: string | null;
  drafts: readonly TaskDraft[];
  /** Ids for new cards, one for each draft. */
  ids: readonly string[];
}

/** A dependency that was left out, as keys: it would have closed a circle with one that stays. */
export interface LeftOut {
  task: string;
  dependsOn: string;
}

/**
 * Lets a task set's drafts meet the board (`mergeTasks`), on the board in memory. New cards go to the end of the first
 * column of category `todo`, in the order of the drafts; those that come back go where they were.
 */
export function mergeOnBoard(board: Board, { versionId, featureId, drafts, ids }: ComingTaskSet): LeftOut[] {
  const { created, changed, dropped } = mergeTasks({ cards: board.cards, drafts, featureId, ids });
  const next = changed.map((change) => storedCard(board, change, versionId));
  // What leaves keeps its rank until it is stored: nobody else is given that one in the same statement.
  for (const card of next.filter(({ place }) => place === 'board')) {
    if (board.find(card.id)?.place === 'board') board.put(card);
    else bringBack(board, inTodo(board, card));
  }
  const status = board.firstTodo();
  for (const { id, fields } of created) {
    board.put({
      ...{ id, number: board.takeNumber(), origin: 'ai', featureId, taskSetId: versionId },
      ...{ place: 'board', status, category: null, rank: rankAtEnd(board, status) },
      ...{ fields, base: fields, suggestion: null, kept: false },
    });
  }
  for (const card of next.filter(({ place }) => place !== 'board')) board.put(card);
  const keyOf = (id: string) => `T-${board.find(id)?.number ?? '?'}`;
  return dropped.map(({ cardId, dependencyId }) => ({ task: keyOf(cardId), dependsOn: keyOf(dependencyId) }));
}

/** The card after the merge. It counts to the task set where it was given text of it. */
function storedCard(board: Board, { before, after }: ChangedCard, versionId: string): StoredCard {
  const card = board.find(before.id);
  if (!card) throw new Error(`card ${before.id} is merged, but not on the board`);
  const given = after.place === 'board' && (before.place !== 'board' || differs(before.base, after.base));
  return { ...card, ...after, taskSetId: given ? versionId : card.taskSetId };
}

const differs = (a: object | null, b: object | null): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** What was retired from a column of work that has begun is still to be done when it comes back. */
function inTodo(board: Board, card: StoredCard): StoredCard {
  if (board.categoryOf(card.status) === 'todo') return card;
  const status = board.firstTodo();
  return { ...card, status, rank: rankAtEnd(board, status) };
}
