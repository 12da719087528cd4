import { z } from 'zod';
import { cost } from '../cost.js';

/** What something is expected to take. */
const expected = {
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cost: cost.nullable(),
  /** From the first call to the last text; waiting for limits and for other runs is not in it. */
  seconds: z.int().nonnegative(),
};

const sectionEstimate = z.object({
  id: z.string(),
  title: z.string(),
  stage: z.int(),
  ...expected,
  /** `history`: what this section took in this workspace lately with this model. `blueprint`: by the length asked for. */
  from: z.enum(['history', 'blueprint']),
});

/**
 * What a run would write and take, asked for with `dry_run`. It is refused for the same reasons as the run, and leaves
 * nothing behind. Sections of one stage that are written side by side count with the longest of them in `seconds`.
 */
export const runEstimate = z.object({
  provider: z.string(),
  model: z.string(),
  /** In the order of writing; sections that are taken over as they are don't appear. */
  documents: z.array(z.object({ kind: z.string(), sections: z.array(sectionEstimate), ...expected })),
  ...expected,
});
export type RunEstimate = z.infer<typeof runEstimate>;
export type SectionEstimate = z.infer<typeof sectionEstimate>;
