import type { Client } from '../client.js';
import { everyOf } from '../client.js';
import { FIRST_WAIT_MS, isFinal, LONGEST_WAIT_MS } from '../follow.js';
import { pause } from '../pause.js';
import { ChangedError } from '../problem-error.js';
import type { Task } from '../types.js';
import { onWake } from '../wake.js';
import type { Board, BoardColumn, Move } from './board.js';
import { columnsOf, EMPTY_BOARD, withCards, withMove, withSnapshot } from './board.js';
import { SharedStore } from './shared-store.js';

export interface BoardState {
  columns: readonly BoardColumn[];
  /** Nothing has been read yet. */
  isLoading: boolean;
  isConnected: boolean;
  /** Why the board is not followed, or could not be read; null where it is. */
  error: Error | null;
}

const LOADING: BoardState = { columns: [], isLoading: true, isConnected: false, error: null };

/** A board: read once its place in the log is known, then kept up to date by what happens since. */
export class BoardStore {
  private board: Board = EMPTY_BOARD;
  private state: BoardState = LOADING;
  private set: (state: BoardState) => void = () => undefined;
  readonly store: SharedStore<BoardState>;

  constructor(
    private readonly client: Client,
    private readonly projectId: string,
    forget: () => void,
  ) {
    this.store = new SharedStore(LOADING, (set) => this.open(set), forget);
  }

  /** Shows the card at its new place at once, and where it was if the server refuses; throws what it says then. */
  readonly move = async (taskId: string, move: Move): Promise<Task> => {
    const card = this.board.cards.get(taskId);
    this.show(withMove(this.board, taskId, move));
    try {
      const moved = await this.client.tasks.move(card ?? taskId, move);
      this.board = withCards(this.board, [moved]);
      return moved;
    } catch (error) {
      if (error instanceof ChangedError) this.board = withCards(this.board, [error.current]);
      throw error;
    } finally {
      // A later move of the same card waits for its own answer.
      if (this.board.moves.get(taskId) === move) this.board = withMove(this.board, taskId, null);
      this.show(this.board);
    }
  };

  private open(set: (state: BoardState) => void): () => void {
    this.set = set;
    const stop = new AbortController();
    void this.follow(stop.signal);
    return () => stop.abort();
  }

  private async follow(signal: AbortSignal): Promise<void> {
    let isRead = false;
    let reads = 0;
    /** Reads until it is read, or refused for good, or the connection is lost, or a later reading takes over. */
    const read = async () => {
      const nth = ++reads;
      isRead = true;
      for (let failures = 0; nth === reads; failures += 1) {
        try {
          return await this.read(signal);
        } catch (error) {
          if (signal.aborted || nth !== reads) return;
          this.show(this.board, { error: error as Error, isLoading: false });
          if (isFinal(error)) return;
        }
        await pause(Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures), signal, onWake);
        if (signal.aborted || nth !== reads) return;
        if (!this.state.isConnected) return void (isRead = false);
      }
    };
    const following = {
      signal,
      from: 'now' as const,
      onConnected: () => {
        this.show(this.board, { isConnected: true });
        // Its place in the log is known now: what changes while the cards are read is told as well.
        if (!isRead) void read();
      },
      onReconnect: () => this.show(this.board, { isConnected: false }),
    };
    try {
      for await (const followed of this.client.projects.follow(this.projectId, following)) {
        if (followed.type === 'reset') void read();
        else if ('task' in followed.event) this.show(withCards(this.board, [followed.event.task]));
      }
    } catch (error) {
      this.show(this.board, { error: error as Error, isLoading: false, isConnected: false });
    }
  }

  private async read(signal: AbortSignal): Promise<void> {
    const before = this.board;
    const { columns } = await this.client.columns.get(this.projectId, { signal });
    const tasks: Task[] = [];
    const list = everyOf((page) => this.client.tasks.list(this.projectId, page, { signal }));
    for await (const task of list) tasks.push(task);
    this.show(withSnapshot(this.board, before, columns, tasks), { isLoading: false, error: null });
  }

  private show(board: Board, change: Partial<BoardState> = {}): void {
    this.board = board;
    this.state = { ...this.state, ...change, columns: columnsOf(board) };
    this.set(this.state);
  }
}
