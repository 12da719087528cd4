/** Scripts that are written without spaces between words: about two characters make a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu;

/** Words of a text: runs between spaces that have a letter or a digit; elsewhere two characters each. */
export function countWords(text: string): number {
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  const runs = text.replace(UNSPACED, ' ').split(/\s+/u);
  return runs.filter((run) => /[\p{L}\p{N}]/u.test(run)).length + Math.ceil(unspaced / 2);
}

/** The words of a text in lower case, without what stands around them. */
export function plainWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? [];
}
