import { z } from 'zod';

const count = z.int().nonnegative();

/** Tokens one or several provider calls used. */
export const usage = z.object({
  /** All that was read, cached or not. */
  input_tokens: count,
  /** All that was written, reasoning included. */
  output_tokens: count,
  /** Of the input, what was read from the provider's cache. */
  cached_input_tokens: count.default(0),
  /** Of the input, what was written to the provider's cache. */
  cache_write_tokens: count.default(0),
  /** Of the output, what the model thought and did not say. */
  reasoning_tokens: count.default(0),
  /** True when the provider did not report them: what it reported up to a stream's end counts as reported. */
  estimated: z.boolean(),
});
export type Usage = z.infer<typeof usage>;

/** The sum of several usages; estimated as soon as one of them is. */
export function addUsage(usages: readonly (Usage | null)[]): Usage | null {
  const known = usages.filter((u): u is Usage => u !== null);
  if (known.length === 0) return null;
  const sum = (of: (u: Usage) => number) => known.reduce((total, u) => total + of(u), 0);
  return {
    input_tokens: sum((u) => u.input_tokens),
    output_tokens: sum((u) => u.output_tokens),
    cached_input_tokens: sum((u) => u.cached_input_tokens),
    cache_write_tokens: sum((u) => u.cache_write_tokens),
    reasoning_tokens: sum((u) => u.reasoning_tokens),
    estimated: known.some((u) => u.estimated),
  };
}

/** A usage of plain input and output: nothing cached, nothing thought. */
export function plainUsage(inputTokens: number, outputTokens: number, estimated: boolean): Usage {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cached_input_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    estimated,
  };
}
