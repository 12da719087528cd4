import type { FailureCode, GenerateRequest, TextWarning } from '@planwright/contracts';
import { lintSection } from '@planwright/lint';
import type { Finding } from '@planwright/lint';

/** What a finished text is held against, beside the request it answers. */
export interface TextCheck {
  otherTitles: readonly string[];
  /** ISO 639-1; `unknown`: not judged. */
  language: string;
}

/** Whether a text may be stored: with what is to be known of it, or why not. */
export type CheckedText =
  { ok: true; warnings: readonly TextWarning[] } | { ok: false; code: FailureCode; detail: string };

/** So many errors are told at once, to people and to the model that repairs them. */
const MOST_TOLD = 3;
const MOST_WARNINGS = 20;
const LONGEST_MESSAGE = 500;

/** Lints a text that its provider says it finished. A refusal is one, whatever it is written as; the rest can be repaired. */
export function checkText(request: GenerateRequest, check: TextCheck, text: string): CheckedText {
  const { findings } = lintSection({
    text,
    format: request.output,
    sectionTitle: request.title,
    otherTitles: check.otherTitles,
    words: request.words,
    language: check.language,
    prompt: request.prompt,
  });
  const errors = findings.filter(({ severity }) => severity === 'error');
  const refusal = errors.find(({ rule }) => rule === 'refusal');
  if (refusal) return { ok: false, code: 'content_filtered', detail: refusal.message };
  if (errors.length > 0) return { ok: false, code: 'malformed', detail: sentencesOf(errors) };
  const warnings = findings.slice(0, MOST_WARNINGS);
  return { ok: true, warnings: warnings.map(({ rule, message }) => ({ rule, message: clip(message) })) };
}

function sentencesOf(errors: readonly Finding[]): string {
  return errors
    .slice(0, MOST_TOLD)
    .map(({ message }) => clip(message))
    .join('. ');
}

const clip = (message: string): string => message.slice(0, LONGEST_MESSAGE).toWellFormed();
