import type { Usage } from '@planwright/contracts';

interface Counts {
  input: unknown;
  output: unknown;
  total: unknown;
  cached: unknown;
  cacheWritten: unknown;
  reasoning: unknown;
}

/** A reported usage in our words; null where what came is none. */
export function usageOf({ input, output, total, cached, cacheWritten, reasoning }: Counts): Usage | null {
  if (!isCount(input) || !isCount(output)) return null;
  // Google and xAI leave what the model thought out of the output, but not out of the total.
  const written = isCount(total) && total > input + output ? total - input : output;
  return {
    input_tokens: input,
    output_tokens: written,
    cached_input_tokens: countOr0(cached),
    cache_write_tokens: countOr0(cacheWritten),
    reasoning_tokens: countOr0(reasoning),
    estimated: false,
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function countOr0(value: unknown): number {
  return isCount(value) ? value : 0;
}
