import { useSyncExternalStore } from 'react';
import type { BoardState } from './board-store.js';
import { BoardStore } from './board-store.js';
import { useClient } from './provider.js';
import { storeOf } from './shared-store.js';

export interface BoardInUse extends BoardState {
  /**
   * Moves a card to a column, and there beside `before` and `after`. It shows at its new place at once; if the server
   * refuses, it shows where it is, and the promise rejects (`ChangedError`: somebody else has changed it).
   */
  move: BoardStore['move'];
}

/** A project's board, kept up to date by its live events. */
export function useBoard(projectId: string): BoardInUse {
  const client = useClient();
  const board = storeOf(client, `board.${projectId}`, (forget) => new BoardStore(client, projectId, forget));
  const state = useSyncExternalStore(board.store.subscribe, board.store.get, board.store.get);
  return { ...state, move: board.move };
}
