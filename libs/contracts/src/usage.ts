import { z } from 'zod';

/** Tokens one provider call used. `estimated` is true when the provider did not report them. */
export const usage = z.object({
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  estimated: z.boolean(),
});
export type Usage = z.infer<typeof usage>;

/** The sum of several usages; estimated as soon as one of them is. */
export function addUsage(usages: readonly (Usage | null)[]): Usage | null {
  const known = usages.filter((u): u is Usage => u !== null);
  if (known.length === 0) return null;
  return {
    input_tokens: known.reduce((sum, u) => sum + u.input_tokens, 0),
    output_tokens: known.reduce((sum, u) => sum + u.output_tokens, 0),
    estimated: known.some((u) => u.estimated),
  };
}
