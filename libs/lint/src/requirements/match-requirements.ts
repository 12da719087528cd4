import { plainTitle } from '../lines.js';
import { plainWords } from '../words.js';

/** A requirement that has an id: the text it had last. */
export interface KnownRequirement {
  /** `FR-1`. */
  key: string;
  quote: string;
}

/** Share of common words from which two texts are one requirement, said anew. */
const SAME = 0.7;
/** Of fewer words two texts agree by chance. */
const LEAST_WORDS = 4;

/**
 * Gives every found text its id: that of the known requirement it was, else the next number. Each id is given once; what
 * is no longer there keeps its id and nobody else gets it. In this order, so that a change of wording costs nothing: the
 * same words; the same name; the most words in common.
 *
 * `last` is the highest number of this prefix ever given in the project; the answer's `last` counts on from there.
 */
export function matchRequirements(
  prefix: string,
  found: readonly string[],
  known: readonly KnownRequirement[],
  last: number,
): { keys: string[]; last: number } {
  const keys = found.map((): string | undefined => undefined);
  const free = new Map(known.filter(({ key }) => key.startsWith(`${prefix}-`)).map((one) => [one.key, one.quote]));
  const take = (i: number, key: string) => {
    keys[i] = key;
    free.delete(key);
  };
  const takeSame = (identity: (quote: string) => string) => {
    const byIdentity = new Map<string, string>();
    for (const [key, quote] of free) {
      const one = identity(quote);
      if (one !== '' && !byIdentity.has(one)) byIdentity.set(one, key);
    }
    found.forEach((quote, i) => {
      const key = keys[i] === undefined ? byIdentity.get(identity(quote)) : undefined;
      if (key !== undefined && free.has(key)) take(i, key);
    });
  };
  takeSame(identityOf);
  takeSame(nameOf);
  const pairs = found.flatMap((quote, i) =>
    keys[i] === undefined ? [...free].map(([key, other]) => ({ i, key, alike: likeness(quote, other) })) : [],
  );
  for (const { i, key } of pairs.filter(({ alike }) => alike >= SAME).sort((a, b) => b.alike - a.alike)) {
    if (keys[i] === undefined && free.has(key)) take(i, key);
  }
  let number = Math.max(last, ...known.map(({ key }) => (key.startsWith(`${prefix}-`) ? numberOf(key) : 0)));
  return { keys: keys.map((key) => key ?? `${prefix}-${++number}`), last: number };
}

/** What a requirement's hash is made from: its words alone, so that marks and line breaks make no difference. */
export function identityOf(quote: string): string {
  return plainWords(quote.normalize('NFC')).join(' ');
}

/** The words in bold it begins with; '' where there are none. */
function nameOf(quote: string): string {
  return plainTitle(/^(?:\*\*|__)([^*_\n]+)(?:\*\*|__)/u.exec(quote)?.[1] ?? '');
}

/** Twice the common words over all words, 0 to 1; each counted as often as it stands there. */
function likeness(one: string, other: string): number {
  const [a, b] = [plainWords(one), plainWords(other)];
  if (Math.min(a.length, b.length) < LEAST_WORDS) return 0;
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  const common = b.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  }).length;
  return (2 * common) / (a.length + b.length);
}

const numberOf = (key: string): number => Number(key.slice(key.lastIndexOf('-') + 1));
