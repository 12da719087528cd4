import { z } from 'zod';

/**
 * One piece of a prompt. The exact prompt is the concatenation of `text`; a piece with `data` is a fenced value of that
 * name (`idea`, `constraints`, a section id …), so a provider that needs the values themselves need not parse fences.
 */
export const promptPart = z.strictObject({ text: z.string(), data: z.string().optional() });
export type PromptPart = z.infer<typeof promptPart>;

/** A rendered prompt: instructions of ours in `system`, everything with people's or models' text in `user`. */
export const prompt = z.strictObject({ system: z.array(promptPart), user: z.array(promptPart) });
export type Prompt = z.infer<typeof prompt>;

/** The exact text of one side of a prompt. */
export function promptText(parts: readonly PromptPart[]): string {
  return parts.map((part) => part.text).join('');
}
