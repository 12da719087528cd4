import type { JournalEntry } from '@planwright/testing';

/** The requests of a stage whose prompts begin alike, in the order in which they came. */
export interface SharedStage {
  readonly first: JournalEntry;
  readonly others: readonly JournalEntry[];
  /** What all of them begin with, byte for byte, in tokens of four characters. */
  readonly sharedTokens: number;
}

export function sharedStage(requests: readonly JournalEntry[]): SharedStage {
  const [first, ...others] = requests.toSorted((a, b) => a.receivedAt - b.receivedAt);
  if (!first) throw new Error('no request of this run marks what it shares with others');
  const prompts = requests.map(({ facts }) => facts?.prompt ?? '');
  return { first, others, sharedTokens: Math.floor(commonLength(prompts) / 4) };
}

/** What OpenAI routes by. */
export const cacheKeyOf = ({ body }: JournalEntry): unknown =>
  (body as { prompt_cache_key?: unknown }).prompt_cache_key;

/** What Anthropic keeps by: the exact text up to the mark. */
export const markedOf = ({ facts }: JournalEntry): string | undefined => facts?.prefixes[0]?.key;

function commonLength([one = '', ...others]: readonly string[]): number {
  let length = one.length;
  for (const other of others) {
    let same = 0;
    while (same < length && one[same] === other[same]) same++;
    length = same;
  }
  return length;
}
