/** A title as it is compared: without case, punctuation and different spellings of one character. */
export interface ReadTitle {
  text: string;
  words: ReadonlyMap<string, number>;
  pairs: ReadonlyMap<string, number>;
}

export function readTitle(title: string): ReadTitle {
  const plain = title.normalize('NFKC').toLowerCase();
  const text = plain.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim() || plain.trim();
  const letters = [...text];
  return {
    text,
    words: countOf(text.split(' ')),
    pairs: countOf(letters.slice(1).map((letter, i) => `${letters[i]}${letter}`)),
  };
}

/**
 * How alike two titles are, 0 to 1; 1 only for the same text. The mean of two shares: of the words they have in common
 * and of the pairs of neighbouring letters, which see through endings. Pairs alone where there is one word each, as in
 * scripts without spaces.
 */
export function titleSimilarity(a: ReadTitle, b: ReadTitle): number {
  if (a.text === b.text) return 1;
  const pairs = shareInCommon(a.pairs, b.pairs);
  const oneWord = a.words.size === 1 && b.words.size === 1;
  return Math.min(0.99, oneWord ? pairs : (shareInCommon(a.words, b.words) + pairs) / 2);
}

/** Shared elements of two sets by all their elements, 0 to 1; null where one of them is empty and says nothing. */
export function overlap(a: readonly string[], b: readonly string[]): number | null {
  if (a.length === 0 || b.length === 0) return null;
  const all = new Set([...a, ...b]);
  const both = [...all].filter((value) => a.includes(value) && b.includes(value));
  return both.length / all.size;
}

/** Dice's coefficient over counted elements. */
function shareInCommon(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const total = sumOf(a) + sumOf(b);
  if (total === 0) return 0;
  let common = 0;
  for (const [element, count] of a) common += Math.min(count, b.get(element) ?? 0);
  return (2 * common) / total;
}

function countOf(elements: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1);
  return counts;
}

const sumOf = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0);
