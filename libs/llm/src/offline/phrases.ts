const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * People's text as running text: without Markdown, HTML, code blocks, links' addresses and control characters, list items
 * on lines of their own. Linear in the length of the text.
 */
export function plainText(text: string): string {
  const wellFormed = text.toWellFormed();
  const withoutCode = wellFormed.replace(/```[\s\S]*?(?:```|$)/g, '\n');
  return (/[\p{L}\p{N}]/u.test(withoutCode) ? withoutCode : wellFormed)
    .replace(/!?\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)/g, '$1')
    .replace(/https?:\/\/\S+/g, ' ')
    .replace(/<\/?[a-z][^<>\n]{0,300}>/gi, ' ')
    .replace(/^[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+/gm, '\n')
    .replace(/[`*_~|\\<>[\]{}#"“”„«»\uFFFD]/g, ' ')
    .replace(/[^\P{C}\n\u200C\u200D]/gu, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .trim();
}

/** Sentences and list items, each trimmed and with something to read in it. */
export function sentencesOf(plain: string): string[] {
  return plain
    .split(/(?<=[.!?…])\s+|(?<=[。！？])|\n+/u)
    .map((sentence) => trimEnds(sentence))
    .filter((sentence) => sentence !== '');
}

/** Without the blanks, dashes and stops around it. */
export function trimEnds(text: string): string {
  return text.replace(/^[\s,;:.!?…。！？、，；：()–—-]+/u, '').replace(/[\s,;:.!?…。！？、，；：(–—-]+$/u, '');
}

/** At most so many words and characters (as people count them), cut between words where there are any. */
export function clip(text: string, words: number, characters: number): string {
  const few = text.split(/\s+/u).slice(0, words).join(' ');
  let cut = '';
  let signs = 0;
  for (const { segment } of graphemes.segment(few)) {
    // Signs of many code points (emoji families, stacked accents) count by their length, too.
    if (signs++ === characters || cut.length + segment.length > characters * 2) break;
    cut += segment;
  }
  if (cut.length === few.length) return cut;
  const space = cut.lastIndexOf(' ');
  return trimEnds(space > cut.length / 2 ? cut.slice(0, space) : cut);
}

/** With a capital where the script has them. */
export function upperFirst(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length);
}

/** Words as a reader counts them: runs without blanks that hold a letter or a digit. */
export function countWords(text: string): number {
  return text.split(/\s+/u).filter((run) => /[\p{L}\p{N}]/u.test(run)).length;
}

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** In typographic quotes: for people's phrases, whatever their language and grammar. */
export function quoted(phrase: string): string {
  return `“${phrase}”`;
}

/** With its indefinite article. */
export function an(word: string): string {
  return `${/^[aeiou]/i.test(word) ? 'an' : 'a'} ${word}`;
}

/** Without repetitions (capitals make no difference) and empty ones. */
export function distinct(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter((text) => {
    const key = text.toLowerCase();
    if (text === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
