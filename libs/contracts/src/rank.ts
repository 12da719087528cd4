const DIGITS = /^[0-9A-Za-z]+$/;
/** The whole number nothing comes before. */
const SMALLEST = `A${'0'.repeat(26)}`;

/**
 * Whether a text is the rank of a card, as `fractional-indexing` 4 makes them: the first letter says how many base-62
 * digits the whole number has (`a` one, `b` two, …; `Z` one, `Y` two, … for what stands before `a0`), the digits of a
 * fraction follow, without a 0 at their end.
 */
export function isRank(rank: string): boolean {
  if (!DIGITS.test(rank) || rank === SMALLEST) return false;
  const head = rank.charCodeAt(0);
  const digits = /^[a-z]/.test(rank) ? head - 96 : /^[A-Z]/.test(rank) ? 91 - head : 0;
  if (digits === 0 || rank.length < 1 + digits) return false;
  return rank.length === 1 + digits || !rank.endsWith('0');
}
