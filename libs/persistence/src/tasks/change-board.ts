import { MOST_CARDS } from '@planwright/contracts';
import type { CreateTask, DecideSuggestion, MoveTask, TaskFields } from '@planwright/contracts';
import { decideCard, editCard, restoreCard } from '@planwright/plan';
import type { Board } from './board.js';
import type { BoardRefusal } from './board-answer.js';
import { refuseDependencies } from './check-dependencies.js';
import { placeCard, ranksAfter, returnCard } from './rank.js';
import type { StoredCard } from './stored-card.js';

/**
 * What people do with cards, on a board in memory. Each answers why it is refused, and has changed nothing then; null when
 * it is done. What changes nothing puts nothing.
 */
export function createCard(board: Board, id: string, { status, ...fields }: CreateTask): BoardRefusal | null {
  if (board.cards.filter(({ place }) => place === 'board').length >= MOST_CARDS)
    return { kind: 'full', most: MOST_CARDS };
  const column = status ?? board.firstTodo();
  const refusal =
    refuseColumn(board, column) ?? refuseDependencies(board.cards, { id, dependencies: [] }, fields.dependencies);
  if (refusal) return refusal;
  board.put({
    ...{ id, number: board.takeNumber(), origin: 'user', featureId: null, taskSetId: null },
    ...{ place: 'board', status: column, category: null, rank: rankAtEnd(board, column) },
    ...{ fields, base: null, suggestion: null, kept: false },
  });
  return null;
}

export function editOnBoard(board: Board, card: StoredCard, changes: Partial<TaskFields>): BoardRefusal | null {
  return putText(board, card, { ...card, ...editCard(card, changes) });
}

export function moveOnBoard(board: Board, card: StoredCard, { status, ...neighbours }: MoveTask): BoardRefusal | null {
  const refusal = refuseColumn(board, status);
  if (refusal) return refusal;
  const placed = placeCard(board.column(status), card.id, neighbours);
  if (!placed.ok) {
    return placed.reason === 'wrong_order' ? { kind: 'wrong_order' } : { kind: 'not_in_column', field: placed.field };
  }
  if (placed.ranks.length === 0) return null;
  board.put({ ...card, status });
  board.rank(placed.ranks);
  return null;
}

export function deleteFromBoard(board: Board, card: StoredCard): BoardRefusal | null {
  board.put({ ...card, place: 'deleted' });
  return null;
}

export function restoreToBoard(board: Board, card: StoredCard): BoardRefusal | null {
  if (card.place !== 'board') bringBack(board, { ...card, ...restoreCard(card) });
  return null;
}

export function decideOnBoard(
  board: Board,
  card: StoredCard,
  { action, fields }: DecideSuggestion,
): BoardRefusal | null {
  const decided = decideCard(card, { action, fields });
  if (!decided.ok) return { kind: 'nothing_suggested', fields: decided.notOffered };
  return putText(board, card, { ...card, ...decided.card });
}

/**
 * Puts a card that comes back where it was, as near as can be; where its column is gone to the end of the first one of
 * category `todo`.
 */
export function bringBack(board: Board, card: StoredCard): void {
  if (board.categoryOf(card.status) === null) {
    const status = board.firstTodo();
    return board.put({ ...card, status, rank: rankAtEnd(board, status) });
  }
  const ranks = returnCard(board.column(card.status), card);
  board.put(card);
  board.rank(ranks);
}

export function rankAtEnd(board: Board, status: string): string {
  return ranksAfter(board.column(status).at(-1)?.rank ?? null, 1)[0] ?? '';
}

function putText(board: Board, before: StoredCard, after: StoredCard): BoardRefusal | null {
  const { dependencies } = after.fields;
  if (dependencies !== before.fields.dependencies) {
    const known = { id: before.id, dependencies: before.fields.dependencies };
    const offered = before.suggestion?.fields.dependencies === dependencies ? dependencies : [];
    const refusal = refuseDependencies(
      board.cards,
      { ...known, dependencies: [...known.dependencies, ...offered] },
      dependencies,
    );
    if (refusal) return refusal;
  }
  if (!same(before, after)) board.put(after);
  return null;
}

/** Editing and deciding give the same parts where nothing changes. */
function same(a: StoredCard, b: StoredCard): boolean {
  return (
    a.fields === b.fields &&
    a.base === b.base &&
    a.suggestion === b.suggestion &&
    a.place === b.place &&
    a.kept === b.kept
  );
}

function refuseColumn(board: Board, status: string): BoardRefusal | null {
  if (board.categoryOf(status) !== null) return null;
  return { kind: 'unknown_column', columns: board.columns.map(({ key }) => key) };
}
