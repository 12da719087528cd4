import type { Column, ColumnCategory } from '@planwright/contracts';
import { categoryOf, firstTodo } from './columns.js';
import type { Placed } from './rank.js';
import type { StoredCard } from './stored-card.js';

/** What became of a card. */
export type ChangeType = 'task.created' | 'task.updated' | 'task.moved' | 'task.deleted' | 'task.restored';

interface BoardState {
  workspaceId: string;
  projectId: string;
  /** In order; at least one is of category `todo`. */
  columns: readonly Column[];
  /** The newest key there has been. */
  lastNumber: number;
  /** All cards by number, those off the board included. */
  cards: readonly StoredCard[];
  /** The one card that was read with its text; undefined where all were. */
  textOf?: string | undefined;
}

/**
 * A project's board in memory while it is changed: what changes it asks for cards and puts new states of them; what came
 * of it is read at the end and stored in one go. Holds nothing open; whoever loads it has it locked.
 */
export class Board {
  private readonly before: ReadonlyMap<string, StoredCard>;
  private readonly now: Map<string, StoredCard>;
  /** In the order in which they were first put. */
  private readonly touched = new Set<string>();
  private newest: number;

  constructor(private readonly state: BoardState) {
    this.before = new Map(state.cards.map((card) => [card.id, card]));
    this.now = new Map(this.before);
    this.newest = state.lastNumber;
  }

  get columns(): readonly Column[] {
    return this.state.columns;
  }
  get workspaceId(): string {
    return this.state.workspaceId;
  }
  get projectId(): string {
    return this.state.projectId;
  }
  get lastNumber(): number {
    return this.newest;
  }
  get cards(): StoredCard[] {
    return [...this.now.values()];
  }

  /** False for a card of which only the place may be changed. */
  hasText({ id }: StoredCard): boolean {
    return this.state.textOf === undefined || this.state.textOf === id;
  }

  find(id: string): StoredCard | undefined {
    return this.now.get(id);
  }

  put(card: StoredCard): void {
    this.now.set(card.id, { ...card, category: this.categoryOf(card.status) });
    this.touched.add(card.id);
  }

  /** Puts cards of one column at their new ranks. */
  rank(placed: readonly Placed[]): void {
    for (const { id, rank } of placed) {
      const card = this.now.get(id);
      if (card) this.put({ ...card, rank });
    }
  }

  /** The number for a new card. It is never given again. */
  takeNumber(): number {
    return ++this.newest;
  }

  /** Cards that lie in a column, in order. */
  column(status: string): Placed[] {
    return (
      this.cards
        .filter((card) => card.place === 'board' && card.status === status)
        .map(({ id, rank }) => ({ id, rank }))
        // Ranks are ASCII: the order of JavaScript's strings is the order of their bytes.
        .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    );
  }

  categoryOf(status: string): ColumnCategory | null {
    return categoryOf(this.columns, status);
  }
  firstTodo(): string {
    return firstTodo(this.columns);
  }

  /** Cards that are not as they were, with what that is called, in the order in which they were first put. */
  changes(): { card: StoredCard; type: ChangeType }[] {
    return [...this.touched].flatMap((id) => {
      const [before, card] = [this.before.get(id), this.now.get(id)];
      return card ? [{ card, type: typeOf(before, card) }] : [];
    });
  }
}

function typeOf(before: StoredCard | undefined, card: StoredCard): ChangeType {
  if (!before) return 'task.created';
  if (before.place !== card.place) return card.place === 'board' ? 'task.restored' : 'task.deleted';
  return before.status === card.status && before.rank === card.rank ? 'task.updated' : 'task.moved';
}
