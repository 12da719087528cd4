import type { TaskDraft, TaskField, TaskFields, TaskResource } from '@planwright/contracts';
import { findCycle } from '@planwright/contracts';
import { valueOf, titleOf } from './random-acts.js';
import type { Act } from './random-acts.js';

const FIELDS = [
  ...(['title', 'description', 'acceptance_criteria', 'type', 'priority', 'estimate'] as const),
  ...(['labels', 'dependencies', 'requirements'] as const),
] satisfies TaskField[];

const COLUMNS = ['todo', 'in_progress', 'done'];

/** What a board does, whatever it is kept in. True where it did, false where it was refused. */
export interface BoardUnderTest {
  /** All cards, those off the board included. */
  read(): Promise<TaskResource[]>;
  create(task: { title: string; description: string; status: string }): Promise<boolean>;
  edit(id: string, changes: Partial<TaskFields>): Promise<boolean>;
  move(id: string, to: { status: string; before?: string; after?: string }): Promise<boolean>;
  delete(id: string): Promise<boolean>;
  restore(id: string): Promise<boolean>;
  decide(id: string, decision: { action: 'accept' | 'dismiss'; fields?: TaskField[] }): Promise<boolean>;
  regenerate(drafts: readonly TaskDraft[]): Promise<void>;
}

/** How often each thing happened that a property has to have seen to mean anything. */
export type Seen = Record<string, number>;

/**
 * What a person would remember of a board, kept apart from it: what they wrote and have not given back, what they were
 * offered, where they put cards. It knows nothing of matching or merging. After each act the board has to agree.
 */
export class BoardModel {
  /** What a person wrote, by card and field, until they hand it back to the generator. */
  private readonly mine = new Map<string, Map<TaskField, unknown>>();
  /** What the generator said last of a card's field, as far as the person was told. */
  private readonly generated = new Map<string, Map<TaskField, unknown>>();
  /** Who has had a key, ever. */
  private readonly keys = new Map<string, string>();
  private readonly deletedByHand = new Set<string>();
  /** Brought back, or kept where the generator had it no more. */
  private readonly wanted = new Set<string>();
  private highest = 0;
  private cards: TaskResource[] = [];
  private last: readonly TaskDraft[] = [];

  constructor(
    private readonly board: BoardUnderTest,
    private readonly seen: Seen,
  ) {}

  async play(act: Act): Promise<void> {
    const before = this.cards;
    const done = await this.act(act);
    this.cards = await this.board.read();
    if (done) this.count(act.act);
    if (act.act === 'regenerate' || act.act === 'again') this.checkMerge(before);
    else this.checkOthers(before, done);
    this.checkBoard();
    if (act.act !== 'again') return;
    // A second time there is nothing left to do.
    await this.board.regenerate(this.last);
    same(await this.board.read(), this.cards);
  }

  private async act(act: Act): Promise<string | null> {
    switch (act.act) {
      case 'create': {
        const status = COLUMNS[act.column % 3] ?? '';
        const task = { title: titleOf(act.title), description: valueOf('description', act.text, []), status };
        expect(await this.board.create(task)).toBe(true);
        return 'new';
      }
      case 'edit':
        return this.edit(act);
      case 'move':
        return this.move(act);
      case 'delete': {
        const card = pick(this.onBoard(), act.card);
        if (!card) return null;
        expect(await this.board.delete(card.id)).toBe(true);
        this.deletedByHand.add(card.id);
        return card.id;
      }
      case 'restore': {
        const card = pick(
          this.cards.filter((one) => !isOnBoard(one)),
          act.card,
        );
        if (!card) return null;
        expect(await this.board.restore(card.id)).toBe(true);
        this.deletedByHand.delete(card.id);
        this.wanted.add(card.id);
        return card.id;
      }
      case 'decide':
        return this.decide(act);
      case 'regenerate':
        this.last = act.drafts;
        await this.board.regenerate(act.drafts);
        return 'all';
      case 'again':
        await this.board.regenerate(this.last);
        return 'all';
    }
  }

  private async edit({ card: n, field, text, to }: Extract<Act, { act: 'edit' }>): Promise<string | null> {
    const card = pick(this.onBoard(), n);
    if (!card) return null;
    const others = this.onBoard().flatMap(({ id }) => (id === card.id ? [] : [id]));
    const offered = card.suggestion?.fields[field];
    const known = this.generated.get(card.id)?.get(field) as TaskFields[TaskField] | undefined;
    const value = (to === 'offered' ? offered : to === 'generated' ? known : undefined) ?? valueOf(field, text, others);
    const accepted = await this.board.edit(card.id, { [field]: value });
    if (!accepted) {
      // Only a circle, or cards that have left, can be in the way.
      expect(field).toBe('dependencies');
      this.count('refused dependencies');
      return null;
    }
    if (!equal(field, value, card[field])) this.write(card, field, value, offered);
    return card.id;
  }

  /** A person wrote this: theirs, unless it is what the generator says anyway. */
  private write(card: TaskResource, field: TaskField, value: unknown, offered: unknown): void {
    const generated = this.generated.get(card.id);
    if (generated && offered !== undefined && equal(field, value, offered)) generated.set(field, offered);
    if (generated && equal(field, value, generated.get(field))) this.mine.get(card.id)?.delete(field);
    else this.mineOf(card.id).set(field, value);
  }

  private async move({ card: n, column, ...near }: Extract<Act, { act: 'move' }>): Promise<string | null> {
    const card = pick(this.onBoard(), n);
    if (!card) return null;
    const status = COLUMNS[column % 3] ?? '';
    const order = this.column(status).filter((id) => id !== card.id);
    const after = near.after === null ? undefined : pick(order, near.after);
    const before = near.before === null ? undefined : pick(order, near.before);
    const possible = !after || !before || order.indexOf(after) < order.indexOf(before);
    expect(await this.board.move(card.id, { status, ...(before && { before }), ...(after && { after }) })).toBe(
      possible,
    );
    if (!possible) return null;
    const place = after ? order.indexOf(after) + 1 : before ? order.indexOf(before) : order.length;
    this.cards = await this.board.read();
    expect(this.column(status)).toEqual(order.toSpliced(place, 0, card.id));
    return card.id;
  }

  private async decide({ card: n, action, fields }: Extract<Act, { act: 'decide' }>): Promise<string | null> {
    const card = pick(
      this.onBoard().filter(({ suggestion }) => suggestion !== null),
      n,
    );
    if (!card?.suggestion) return null;
    const offered = FIELDS.filter((field) => card.suggestion?.fields[field] !== undefined);
    const one = fields === null ? undefined : pick(offered, fields);
    const accepted = await this.board.decide(card.id, { action, ...(one && { fields: [one] }) });
    if (!accepted) {
      expect([action, offered.includes('dependencies')]).toEqual(['accept', true]);
      this.count('refused dependencies');
      return null;
    }
    for (const field of one ? [one] : offered) {
      this.generated.get(card.id)?.set(field, card.suggestion.fields[field]);
      if (action === 'accept') this.mineOf(card.id).delete(field);
      // Whoever dismisses another text wants this one.
      else this.mineOf(card.id).set(field, card[field]);
    }
    if (action === 'dismiss' && !one && card.suggestion.vanished) this.wanted.add(card.id);
    this.count(`${action} ${card.suggestion.vanished ? 'vanished' : 'offer'}`);
    return card.id;
  }

  /** Nothing but the card that was meant has changed; another rank in the same order is no change to a person. */
  private checkOthers(before: readonly TaskResource[], meant: string | null): void {
    const now = new Map(this.cards.map((card) => [card.id, card]));
    for (const card of before) {
      if (card.id === meant) continue;
      const after = now.get(card.id);
      if (after !== card) same(withoutPlace(after), withoutPlace(card));
    }
    const moved = (id: string) => id === meant || !before.some((card) => card.id === id);
    for (const status of COLUMNS) {
      const was = columnOf(before, status).filter((id) => !moved(id));
      same(
        this.column(status).filter((id) => !moved(id)),
        was,
      );
    }
  }

  private checkMerge(before: readonly TaskResource[]): void {
    const now = new Map(this.cards.map((card) => [card.id, card]));
    for (const card of before) {
      const after = now.get(card.id);
      if (!after) throw new Error(`${card.key} is gone`);
      if (card.origin === 'user' || this.deletedByHand.has(card.id)) same(after, card);
      else if (isOnBoard(card) && card.status !== 'todo') same(after, card);
      else this.checkCard(card, after);
    }
    // Whoever stayed has stayed in order.
    for (const status of COLUMNS) {
      const stayed = (id: string) => {
        const [was, is] = [before.find((card) => card.id === id), now.get(id)];
        return was !== undefined && is !== undefined && isOnBoard(was) && isOnBoard(is);
      };
      same(this.column(status).filter(stayed), columnOf(before, status).filter(stayed));
    }
    for (const card of this.cards) if (!before.some(({ id }) => id === card.id)) this.meet(card);
    this.checkDrafts(before);
  }

  /** A card the generator may have written to: what a person wrote is there still. */
  private checkCard(before: TaskResource, after: TaskResource): void {
    const mine = this.mineOf(after.id);
    const generated = this.generated.get(after.id);
    if (!generated) throw new Error(`${after.key} was not generated`);
    if (isOnBoard(before) && mine.size > 0) expect([after.key, isOnBoard(after)]).toEqual([after.key, true]);
    if (isOnBoard(before) && !isOnBoard(after)) this.count('retired');
    if (!isOnBoard(before) && isOnBoard(after)) this.count('brought back');
    if (after.suggestion?.vanished) this.count('vanished');
    for (const field of FIELDS) {
      if (!mine.has(field)) {
        if (isOnBoard(after)) generated.set(field, after[field]);
        continue;
      }
      same([after.key, field, after[field]], [after.key, field, mine.get(field)]);
      this.count('edits kept');
      // The generator has come to the same: it is not the person's alone any more.
      if (!after.edited_fields.includes(field)) {
        if (field !== 'dependencies') expect(this.last.map((draft) => draft[field])).toContainEqual(after[field]);
        mine.delete(field);
        generated.set(field, after[field]);
      }
      const offer = after.suggestion?.fields[field];
      if (offer === undefined) continue;
      this.count('offers');
      // Neither what is there, nor what was said and decided before.
      expect(equal(field, offer, after[field])).toBe(false);
      expect(equal(field, offer, generated.get(field))).toBe(false);
    }
  }

  /** Each task has a card, and each card that nobody touched has a task. */
  private checkDrafts(before: readonly TaskResource[]): void {
    const titles = this.last.map(({ title }) => title);
    const own = this.cards.filter(({ origin }) => origin === 'ai');
    const closed = own.filter((card) => this.deletedByHand.has(card.id) || card.status !== 'todo');
    const covered = new Set(
      own.flatMap(({ id, title, suggestion }) => [
        title,
        suggestion?.fields.title,
        this.generated.get(id)?.get('title'),
      ]),
    );
    const elsewhere = titles.filter((title) => !covered.has(title));
    expect(elsewhere.length).toBeLessThanOrEqual(closed.length);
    for (const card of own) {
      const open = isOnBoard(card) && card.status === 'todo' && this.mineOf(card.id).size === 0;
      if (open && !this.wanted.has(card.id)) same([card.key, titles.includes(card.title)], [card.key, true]);
    }
    this.count('created by a task set', this.cards.length - before.length);
  }

  private checkBoard(): void {
    for (const status of COLUMNS) {
      const cards = this.onBoard().filter((card) => card.status === status);
      same(new Set(cards.map(({ rank }) => rank)).size, cards.length);
    }
    for (const card of this.cards) {
      const owner = this.keys.get(card.key);
      if (owner === undefined) {
        // New, and so after all there have ever been.
        same(Number(card.key.slice(2)) > this.highest, true);
        this.keys.set(card.key, card.id);
        if (!this.generated.has(card.id) && card.origin === 'ai') this.meet(card);
      } else same(owner, card.id);
      for (const [field, value] of this.mineOf(card.id)) same(card[field], value);
      const edited = card.origin === 'ai' ? [...this.mineOf(card.id).keys()].toSorted() : [];
      same([card.key, [...card.edited_fields].toSorted()], [card.key, edited]);
    }
    this.highest = Math.max(0, ...this.cards.map(({ key }) => Number(key.slice(2))));
    expect(this.keys.size).toBe(this.cards.length);
    expect(findCycle(new Map(this.cards.map(({ id, dependencies }) => [id, dependencies])))).toBeNull();
  }

  private meet(card: TaskResource): void {
    this.generated.set(card.id, new Map(FIELDS.map((field) => [field, card[field]])));
  }

  private mineOf(id: string): Map<TaskField, unknown> {
    const mine = this.mine.get(id) ?? new Map<TaskField, unknown>();
    this.mine.set(id, mine);
    return mine;
  }

  private onBoard(): TaskResource[] {
    return this.cards.filter(isOnBoard);
  }
  private column(status: string): string[] {
    return columnOf(this.cards, status);
  }
  private count(what: string, times = 1): void {
    this.seen[what] = (this.seen[what] ?? 0) + times;
  }
}

/** As `expect(is).toEqual(should)`, for what is asked a million times. */
function same(is: unknown, should: unknown): void {
  if (is !== should && JSON.stringify(is) !== JSON.stringify(should)) expect(is).toEqual(should);
}

function withoutPlace(card: TaskResource | undefined): object | undefined {
  const { rank: _, updated_at: __, ...rest } = card ?? {};
  return card && rest;
}

const isOnBoard = ({ retired_at, deleted_at }: TaskResource): boolean => retired_at === null && deleted_at === null;

/** Ids in the order of the bytes of their ranks. */
const columnOf = (cards: readonly TaskResource[], status: string): string[] =>
  cards
    .filter((card) => isOnBoard(card) && card.status === status)
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.rank), Buffer.from(b.rank)))
    .map(({ id }) => id);

const pick = <T>(from: readonly T[], n: number): T | undefined =>
  from.length === 0 ? undefined : from[n % from.length];

function equal(field: TaskField, a: unknown, b: unknown): boolean {
  const plain = (value: unknown) =>
    JSON.stringify(field === 'dependencies' && Array.isArray(value) ? (value as string[]).toSorted() : value);
  return plain(a) === plain(b);
}
