/** A beginning of a prompt that a provider may keep. `key` stands for its exact text (and for its model). */
export interface CacheablePrefix {
  key: string;
  tokens: number;
}

/**
 * What a provider keeps of prompts. A prefix can be read only after the first answer to it has begun: calls that start
 * together all write. Every answer that begins keeps it for another `ttlMs`.
 */
export interface PrefixCache {
  /** How much of a prompt with these prefixes is read, and how much is written. */
  look(now: number, prefixes: readonly CacheablePrefix[]): { read: number; written: number };
  /** The answer begins. */
  keep(now: number, prefixes: readonly CacheablePrefix[]): void;
}

export function createPrefixCache({ minTokens, ttlMs }: { minTokens: number; ttlMs: number }): PrefixCache {
  const expiry = new Map<string, number>();
  const most = (prefixes: readonly CacheablePrefix[]) => Math.max(0, ...prefixes.map(({ tokens }) => tokens));
  const longEnough = ({ tokens }: CacheablePrefix) => tokens >= minTokens;
  return {
    look(now, prefixes) {
      const kept = prefixes.filter(longEnough);
      const known = kept.filter(({ key }) => (expiry.get(key) ?? Number.NEGATIVE_INFINITY) > now);
      return { read: most(known), written: most(kept) - most(known) };
    },
    keep(now, prefixes) {
      for (const { key } of prefixes.filter(longEnough)) expiry.set(key, now + ttlMs);
    },
  };
}
