import type { Finding } from '../finding.js';
import { CLOSE } from '../language-profiles.js';
import { detectLanguage, hitsOf, LANGUAGES } from '../language.js';
import { countWords, plainWords } from '../words.js';

/** A shorter text may be names, numbers and a quotation. */
const LEAST_WORDS = 30;
const NAMES = new Intl.DisplayNames('en', { type: 'language' });

/** The text is in another language than it was to be. Says nothing where either can't be told for certain. */
export function wrongLanguage(text: string, expected: string): Finding[] {
  if (!LANGUAGES.includes(expected) || countWords(text) < LEAST_WORDS) return [];
  const written = detectLanguage(text, { hits: 6 });
  if (written === 'unknown' || written === expected) return [];
  if (
    CLOSE.some((group) => group.includes(written) && group.includes(expected)) &&
    !isFarAhead(text, written, expected)
  ) {
    return [];
  }
  const message = `The text is in ${NAMES.of(written)}; it was to be in ${NAMES.of(expected)}`;
  return [{ rule: 'wrong_language', severity: 'error', message }];
}

/** Of two close languages the one has twice the frequent words of the other. */
function isFarAhead(text: string, written: string, expected: string): boolean {
  const hits = hitsOf(plainWords(text));
  return (hits[written] ?? 0) >= 2 * (hits[expected] ?? 0) && (hits[written] ?? 0) > 0;
}
