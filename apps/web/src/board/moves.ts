import type { Body } from '@planwright/client';
import type { BoardColumn } from '@planwright/client/react';
import type { Task } from './words.js';

export type Move = Body<'moveTask'>;
export type Step = 'up' | 'down' | 'top' | 'bottom';
export type Edge = 'top' | 'bottom';
type Columns = readonly BoardColumn[];

interface Place {
  column: BoardColumn;
  index: number;
}

/** Where a card stands; null where it is not shown. */
export function placeOf(columns: Columns, id: string): Place | null {
  for (const column of columns) {
    const index = column.tasks.findIndex((task) => task.id === id);
    if (index >= 0) return { column, index };
  }
  return null;
}

/** To the edge of another card; null where it stands there already. */
export function moveBeside(columns: Columns, id: string, otherId: string, edge: Edge): Move | null {
  const from = placeOf(columns, id);
  const other = placeOf(columns, otherId);
  if (!from || !other || id === otherId) return null;
  const move = { status: other.column.key, [edge === 'top' ? 'before' : 'after']: otherId };
  const isThere = from.column === other.column && from.index === indexAfter(other.column, id, move);
  return isThere ? null : move;
}

/** To the end of a column; null where it stands there already. */
export function moveToEnd(columns: Columns, id: string, status: string): Move | null {
  const from = placeOf(columns, id);
  if (!from) return null;
  const isThere = from.column.key === status && from.index === from.column.tasks.length - 1;
  return isThere ? null : { status };
}

/** Within its column, past the cards that are shown. */
export function moveBy(columns: Columns, id: string, step: Step): Move | null {
  const from = placeOf(columns, id);
  if (!from) return null;
  const { tasks } = from.column;
  const target = { up: from.index - 1, down: from.index + 1, top: 0, bottom: tasks.length - 1 }[step];
  const other = tasks[target];
  return other ? moveBeside(columns, id, other.id, step === 'up' || step === 'top' ? 'top' : 'bottom') : null;
}

/** What is said when a card has been moved: `T-3 moved to In progress, place 2 of 5.` */
export function sentenceOf(columns: Columns, card: Task, move: Move): string {
  const column = columns.find(({ key }) => key === move.status);
  if (!column) return `${card.key} moved.`;
  const others = column.tasks.filter(({ id }) => id !== card.id).length;
  return `${card.key} moved to ${column.title}, place ${indexAfter(column, card.id, move) + 1} of ${others + 1}.`;
}

/** Somebody else changed the card, and left it where it was: a move of it is still meant as it was. */
export function isUnmoved(before: Task, current: Task): boolean {
  return before.status === current.status && current.deleted_at === null && current.retired_at === null;
}

function indexAfter({ tasks }: BoardColumn, id: string, { before, after }: Move): number {
  const others = tasks.filter((task) => task.id !== id);
  const next = others.findIndex((task) => task.id === before);
  const previous = others.findIndex((task) => task.id === after);
  return next >= 0 ? next : previous >= 0 ? previous + 1 : others.length;
}
