import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

/**
 * A rank places a card within its column; ranks compare byte by byte. The first letter says how many base-62 digits
 * follow (`a` one, `b` two, …; `Z` one and `Y` two for what stands before `a0`), then come the digits of a whole number,
 * then, for cards put between two others, the digits of a fraction. So a board that only grows at its end keeps short
 * ranks for ever: `a0` … `az`, `b00`, …. Only cards that are put into one gap again and again get longer ones, a digit
 * for every five or six.
 */
export interface Placed {
  id: string;
  rank: string;
}

/** A column is ranked anew before one of its ranks gets longer than this: after some 350 cards put into one gap. */
export const LONGEST_RANK = 64;

/** Ranks for so many cards after the last one, in order. Null for an empty column. */
export function ranksAfter(last: string | null, count: number): string[] {
  return generateNKeysBetween(last, null, count);
}

/** Beside which cards of the column. Both: after the one and before the other. Neither: at the end. */
export interface Neighbours {
  before?: string | null | undefined;
  after?: string | null | undefined;
}

export type Placement =
  /** New ranks: the card's own first; none where it stands there already; all where the column is ranked anew. */
  | { ok: true; ranks: Placed[] }
  /** The card named there is not in this column, or stands on the wrong side of the other one. */
  | { ok: false; field: 'before' | 'after'; reason: 'not_in_column' | 'wrong_order' };

/** Ranks that put a card beside others. `column`: the cards of the column in order, the card itself among them or not. */
export function placeCard(
  column: readonly Placed[],
  id: string,
  { before, after }: Neighbours,
  longest: number = LONGEST_RANK,
): Placement {
  const others = column.filter((card) => card.id !== id);
  const indexOf = (other: string) => others.findIndex((card) => card.id === other);
  let index = others.length;
  if (before != null) {
    index = indexOf(before);
    if (index < 0) return { ok: false, field: 'before', reason: 'not_in_column' };
  }
  if (after != null) {
    const place = indexOf(after);
    if (place < 0) return { ok: false, field: 'after', reason: 'not_in_column' };
    if (place >= index) return { ok: false, field: 'before', reason: 'wrong_order' };
    index = place + 1;
  }
  if (column.findIndex((card) => card.id === id) === index) return { ok: true, ranks: [] };
  return { ok: true, ranks: insert(others, index, id, { longest, last: column.at(-1)?.rank ?? null }) };
}

/** Ranks that put a card back where it was: its old rank, or the next one behind whoever has that by now. */
export function returnCard(column: readonly Placed[], { id, rank }: Placed, longest: number = LONGEST_RANK): Placed[] {
  const behind = column.findIndex((card) => card.rank >= rank);
  if (behind < 0 || column[behind]?.rank !== rank) return [{ id, rank }];
  return insert(column, behind + 1, id, { longest, last: column.at(-1)?.rank ?? null });
}

function insert(
  column: readonly Placed[],
  index: number,
  id: string,
  { longest, last }: { longest: number; last: string | null },
): Placed[] {
  const rank = generateKeyBetween(column[index - 1]?.rank, column[index]?.rank);
  if (rank.length <= longest) return [{ id, rank }];
  // All behind the last one, the card itself included: no card gets a rank that another one has until it gets its own.
  const ids = column.map((card) => card.id).toSpliced(index, 0, id);
  const ranks = ranksAfter(last, ids.length);
  const placed = ids.map((one, i) => ({ id: one, rank: ranks[i] ?? '' }));
  return placed.toSorted((a, b) => Number(b.id === id) - Number(a.id === id));
}
