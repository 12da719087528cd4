/** UTF-16 units of one token. OpenAI and Anthropic name these figures for English. */
const CHARS_PER_TOKEN: Readonly<Record<string, number>> = { anthropic: 3.5 };
const USUAL_CHARS_PER_TOKEN = 4;
/** Of each letter of a script that tokenizers cut finer, as many as this count like one of English. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu;
const WIDE_COUNTS = 2.8;
const FOREIGN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}]/gu;
const FOREIGN_COUNTS = 1.3;
/** Letters of a Latin script that English does without: their words are cut finer as well. */
const ACCENTED = /(?=\P{ASCII})\p{Script=Latin}/gu;
const ACCENTED_COUNTS = 4;

/**
 * Tokens of a text, before a provider has counted them: by its length, and by how finely tokenizers cut its script. Of the
 * offline writer it is the true count.
 */
export function countTokens(provider: string, text: string): number {
  if (provider === 'offline') return text.length / USUAL_CHARS_PER_TOKEN;
  const many = (pattern: RegExp, counts: number) => (text.match(pattern)?.length ?? 0) * (counts - 1);
  const units = text.length + many(WIDE, WIDE_COUNTS) + many(FOREIGN, FOREIGN_COUNTS) + many(ACCENTED, ACCENTED_COUNTS);
  return units / (CHARS_PER_TOKEN[provider] ?? USUAL_CHARS_PER_TOKEN);
}

/** A text of so many tokens that stands in for one that is not written yet. */
export function standIn(provider: string, tokens: number): string {
  return 'x'.repeat(Math.ceil(tokens * (CHARS_PER_TOKEN[provider] ?? USUAL_CHARS_PER_TOKEN)));
}
