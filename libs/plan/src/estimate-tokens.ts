import type { Blueprint, BlueprintSection } from '@planwright/contracts';

/** English prose runs to about four tokens in three words. */
const TOKENS_PER_WORD = 4 / 3;
const CHARS_PER_TOKEN = 4;
/** System part and instructions of a template, without what is inserted. */
const TEMPLATE_TOKENS = 500;
/** A required document as it is read: between a detailed PRD (about 3,200) and a tech spec (about 4,500). */
const DOCUMENT_TOKENS = 3_500;

/**
 * Tokens of one step, in and out, before its prompt is known: what admission counts, and what a preview begins with.
 * `inputChars` is the length of what the project brings: idea, constraints, instructions. A whole number, at least 1.
 *
 * It goes by what a section is meant to be. The limiter reserves by the prompt itself and the output limit, so a wrong
 * estimate costs fairness between workspaces a little and never a provider's limit.
 */
export function estimateTokens(
  section: BlueprintSection,
  blueprint: Pick<Blueprint, 'sections' | 'requires'>,
  inputChars: number,
): number {
  const used = blueprint.sections.filter(({ id }) => section.uses.includes(id));
  const sections = used.reduce((sum, other) => sum + outputTokens(other), 0);
  const documents = blueprint.requires.length * DOCUMENT_TOKENS;
  const input = TEMPLATE_TOKENS + inputChars / CHARS_PER_TOKEN + sections + documents;
  return Math.max(1, Math.ceil(input + outputTokens(section)));
}

function outputTokens({ words, max_output_tokens }: BlueprintSection): number {
  return Math.min(words.target * TOKENS_PER_WORD, max_output_tokens);
}
