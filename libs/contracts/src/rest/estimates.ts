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

const cardsEstimate = z.object({
  /** Nobody touched them: they get the new text, or are retired where their task is gone. */
  may_change: z.int().nonnegative(),
  /** Edited by people: kept, with the new text offered beside. */
  kept: z.int().nonnegative(),
  /** Started or done, or made by people: left alone. */
  untouched: z.int().nonnegative(),
});

/**
 * What a run would write and take, asked for with `dry_run`. It is refused for the same reasons as the run, and leaves
 * nothing behind. Sections of one stage that are written side by side count with the longest of them in `seconds`.
 */
export const runEstimate = z.object({
  provider: z.string(),
  model: z.string(),
  /** In the order of writing. */
  documents: z.array(
    z.object({
      kind: z.string(),
      sections: z.array(sectionEstimate),
      /** Ids of sections that are taken over as they are. */
      carried: z.array(z.string()),
      ...expected,
    }),
  ),
  /** What is not written and may be outdated afterwards: sections whose text used what is written. */
  affected: z.array(z.object({ document: z.string(), sections: z.array(z.string()) })),
  /** What becomes of the cards where a task set is written; null where none is. Counted as the board is now. */
  cards: cardsEstimate.nullable(),
  ...expected,
});
export type RunEstimate = z.infer<typeof runEstimate>;
export type SectionEstimate = z.infer<typeof sectionEstimate>;
