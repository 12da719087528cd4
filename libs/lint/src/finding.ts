import type { OutputFormat, Prompt } from '@planwright/contracts';

/** What the lint looks for; `docs/text-quality.md` tells each with an example. */
export const RULES = [
  'empty',
  'truncated',
  'placeholder',
  'chat',
  'refusal',
  'wrong_language',
  'word_budget',
  'prompt_leak',
  'headings',
  'repetition',
] as const;
export type Rule = (typeof RULES)[number];

/** One thing that is wrong with a text. An `error` fails the section, a `warning` is stored with it and shown. */
export interface Finding {
  rule: Rule;
  severity: 'error' | 'warning';
  /** A sentence for people, which also tells a model what to do without. */
  message: string;
  /** Where it begins, in UTF-16 units from the text's start; left out where the whole text is meant. */
  at?: number;
}

/** A text, and what it was to be. */
export interface LintedSection {
  /** The whole text, as it will be stored. */
  text: string;
  format: OutputFormat;
  sectionTitle: string;
  /** Titles of the document's other sections. Default: none. */
  otherTitles?: readonly string[];
  /** The length that was asked for, in words. */
  words: { min: number; target: number; max: number };
  /**
   * Language the text is to be in, ISO 639-1; default: that of the prompt's `idea`. `unknown`, or one of which there is no
   * profile: the language is not judged.
   */
  language?: string;
  /** The prompt it answers: what of it may not come back, and the words its author uses. Default: nothing is known. */
  prompt?: Prompt;
}
