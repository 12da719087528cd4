/** Characters of a piece at which it ends with the current word. */
const FULL = 9;
/** A run without blanks (Japanese, a long address) is cut after so many code points. */
const LONGEST_RUN = 16;

/** The text in pieces of a word or two, as a model sends it. Joined they are the text; none ends inside a code point. */
export function* wordChunks(text: string): Generator<string> {
  let piece = '';
  for (const [run] of text.matchAll(new RegExp(`\\S{1,${LONGEST_RUN}}\\s*|\\s+`, 'gu'))) {
    piece += run;
    if (piece.length < FULL) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
