import type { Body, Column, Task } from '../types.js';

export type Move = Body<'moveTask'>;

/** Cards as they were last heard of, those off the board included, and moves that nobody has confirmed yet. */
export interface Board {
  readonly columns: readonly Column[];
  readonly cards: ReadonlyMap<string, Task>;
  /** By id of the card. */
  readonly moves: ReadonlyMap<string, Move>;
}

/** A column with its cards, in board order. */
export interface BoardColumn extends Column {
  readonly tasks: readonly Task[];
}

export const EMPTY_BOARD: Board = { columns: [], cards: new Map(), moves: new Map() };

/** Newer states of cards win: it does not matter in which order, or how often, they are heard of. */
export function withCards(board: Board, tasks: readonly Task[]): Board {
  const cards = new Map(board.cards);
  for (const task of tasks) {
    const known = cards.get(task.id);
    if (!known || known.updated_at < task.updated_at) cards.set(task.id, task);
  }
  return { ...board, cards };
}

/**
 * What was read of the whole board. Cards that were known `before` the reading and are not in it are gone, unless they were
 * heard of since.
 */
export function withSnapshot(board: Board, before: Board, columns: readonly Column[], tasks: readonly Task[]): Board {
  const read = new Set(tasks.map(({ id }) => id));
  const kept = [...board.cards].filter(([id, card]) => read.has(id) || before.cards.get(id) !== card);
  return withCards({ ...board, columns, cards: new Map(kept) }, tasks);
}

export function withMove(board: Board, id: string, move: Move | null): Board {
  const moves = new Map(board.moves);
  if (move) moves.set(id, move);
  else moves.delete(id);
  return { ...board, moves };
}

/** The board as people see it: moves show before the server has confirmed them. */
export function columnsOf({ columns, cards, moves }: Board): BoardColumn[] {
  const onBoard = [...cards.values()].filter((card) => card.deleted_at === null && card.retired_at === null);
  const lists = new Map(columns.map(({ key }) => [key, [] as Task[]]));
  for (const card of onBoard.sort(byRank)) if (!moves.has(card.id)) lists.get(card.status)?.push(card);
  for (const [id, { status, before, after }] of moves) {
    const card = onBoard.find((one) => one.id === id);
    const list = lists.get(status);
    if (!card || !list) continue;
    const next = list.findIndex((one) => one.id === before);
    const previous = list.findIndex((one) => one.id === after);
    const place = next >= 0 ? next : previous >= 0 ? previous + 1 : list.length;
    list.splice(place, 0, { ...card, status });
  }
  return columns.map((column) => ({ ...column, tasks: lists.get(column.key) ?? [] }));
}

/** Ranks compare byte by byte; they are ASCII. */
function byRank(a: Task, b: Task): number {
  return a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0;
}
