const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

/** Columns a text takes on a terminal. Where terminals differ, the wider of the answers. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfOne(segment);
  return width;
}

/** Shortens a text to a width; what was cut off is shown by an ellipsis. */
export function fit(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${text.slice(0, endWithin(text, Math.max(width - 1, 0)))}…`;
}

/**
 * Divides a line that is wider than `width` at the last blank that fits, or inside a word that is too long for any line.
 * The second part begins with `indent`, so that lists stay lists.
 */
export function breakLine(line: string, width: number, indent: string): [string, string] {
  const end = endWithin(line, width);
  // A blank right behind the last column that fits is a good place, too.
  const blank = line.lastIndexOf(' ', end);
  if (blank > 0 && line.slice(0, blank).trim() !== '' && blank >= indent.length) {
    return [line.slice(0, blank), indent + line.slice(blank + 1)];
  }
  const [first] = graphemes.segment(line);
  const at = Math.max(end, first?.segment.length ?? 0);
  return [line.slice(0, at), indent + line.slice(at)];
}

/** What the further lines of a list item or a quotation begin with. */
export function indentOf(line: string): string {
  const quote = /^\s*>\s?/.exec(line)?.[0];
  if (quote !== undefined) return quote;
  return ' '.repeat(/^\s*(?:(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s+)?)?/.exec(line)?.[0].length ?? 0);
}

/** How many UTF-16 units of the text fit into a width. */
function endWithin(text: string, width: number): number {
  let used = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += widthOfOne(segment);
    if (used > width) return index;
  }
  return text.length;
}

function widthOfOne(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return /^\p{M}|^\u200b/u.test(grapheme) ? 0 : 1;
}
