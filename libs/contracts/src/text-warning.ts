import { z } from 'zod';

/** Something about a finished text that a person should know of. What is worse fails its section instead. */
export const textWarning = z.object({
  /** Which rule found it: `word_budget`, `headings`, `unknown_requirement` … */
  rule: z.string().min(1).max(40),
  /** A sentence for people. */
  message: z.string().min(1).max(500),
});
export type TextWarning = z.infer<typeof textWarning>;
