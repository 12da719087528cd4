import { createContext, useContext } from 'react';
import type { Edge, Step } from './moves.js';

/** What a card can ask its board for. The same functions for as long as the board is shown. */
export interface BoardActions {
  open(key: string): void;
  add(status: string): void;
  step(taskId: string, step: Step): void;
  toColumn(taskId: string, status: string): void;
  drop(taskId: string, at: { status: string; over: { id: string; edge: Edge } | null }): void;
  /** Address of a card of this board. */
  hrefOf(key: string): string;
}

export const BoardContext = createContext<BoardActions | null>(null);

export function useBoardActions(): BoardActions {
  const actions = useContext(BoardContext);
  if (!actions) throw new Error('There is no board above this component.');
  return actions;
}
