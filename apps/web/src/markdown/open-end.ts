/**
 * A text that is still being written ends anywhere: in the middle of `**bold`, of a link, of a table's first row. Shown as it
 * is, its marks would appear as text and vanish again. So what is open is closed, and a mark that has nothing yet is left out.
 */
export function closeOpenEnd(text: string): string {
  const fence = fenceAtEnd(text);
  if (fence === 'closed') return text;
  if (fence === 'open') return withoutHalfFence(text);
  const kept = withoutHalfTable(withoutBareMarks(text));
  const start = startOfLeaf(kept);
  return kept.slice(0, start) + closeInline(kept.slice(start));
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Whether the text ends inside of code, or with the line that closes it. */
function fenceAtEnd(text: string): 'open' | 'closed' | null {
  let fence: string | null = null;
  let isClosed = false;
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    isClosed = fence !== null && mark !== undefined && mark.startsWith(fence) && line.trim() === mark;
    if (isClosed) fence = null;
    else fence ??= mark ?? null;
  }
  return fence === null ? (isClosed ? 'closed' : null) : 'open';
}

/** The line that may close the fence, or be the first of its code. */
function withoutHalfFence(text: string): string {
  return text.replace(/\n {0,3}[`~]{1,2}$/, '\n');
}

/** A last line of marks alone: the beginning of a list, heading, rule, fence or quote. */
function withoutBareMarks(text: string): string {
  return text.replace(/(^|\n)[ \t>]*(?:[#\-*+=_~`:>|!<[]+|\d{1,9}[.)]?)[ \t]*$/, '$1');
}

/** A table is one from its second line on. */
function withoutHalfTable(text: string): string {
  const found = /(^|\n)( {0,3}\|[^\n]*)(?:\n[ \t|:-]*)?$/.exec(text);
  if (!found) return text;
  const before = text.slice(0, found.index);
  const lineBefore = before.slice(before.lastIndexOf('\n') + 1).trim();
  return lineBefore.startsWith('|') ? text : text.slice(0, found.index) + (found[1] ?? '');
}

/** Where the innermost piece begins that inline marks may span: they don't go beyond an item, a heading, a cell. */
function startOfLeaf(text: string): number {
  const paragraph = text.lastIndexOf('\n\n') + 1;
  const lines = /(?:^|\n)[ \t>]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\|)[ \t]*/g;
  lines.lastIndex = Math.max(0, paragraph - 1);
  let start = paragraph;
  for (let found = lines.exec(text); found; found = lines.exec(text)) start = found.index + found[0].length;
  const line = text.slice(text.lastIndexOf('\n') + 1);
  return line.trimStart().startsWith('|') ? Math.max(start, text.lastIndexOf('|') + 1) : start;
}

interface OpenMark {
  readonly char: string;
  readonly length: number;
  readonly at: number;
}

function closeInline(leaf: string): string {
  const text = withoutHalfTag(withoutHalfLink(leaf));
  const open: OpenMark[] = [];
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    if (char === '\\') at += 2;
    else if (char === '`') {
      const run = runAt(text, at);
      const end = endOfCode(text, at + run, run);
      if (end === null) return closeCode(text, at, run, open);
      at = end;
    } else if (char === '*' || char === '_' || char === '~') {
      const run = runAt(text, at);
      mark(open, { char, length: run, at }, text.charAt(at - 1), text.charAt(at + run));
      at += run;
    } else at += 1;
  }
  return closed(text, open);
}

/** Closes what is open, the innermost first; a mark with nothing behind it is left out. */
function closed(text: string, open: readonly OpenMark[]): string {
  let kept = text.replace(/\\$/, '').trimEnd();
  let ends = '';
  for (const { char, length, at } of [...open].reverse()) {
    if (kept.length <= at + length) kept = kept.slice(0, at).trimEnd();
    else ends += char.repeat(length);
  }
  // A closing mark that has only half arrived: `**bold*`.
  const half = /[*_~]$/.exec(kept)?.[0];
  if (half !== undefined && ends.startsWith(half + half)) kept = kept.slice(0, -1);
  return kept + ends;
}

function closeCode(text: string, at: number, run: number, open: readonly OpenMark[]): string {
  const code = text
    .slice(at + run)
    .replace(/`+$/, '')
    .trimEnd();
  if (code === '') return closed(text.slice(0, at), open);
  const ends = [...open].reverse().map(({ char, length }) => char.repeat(length));
  return `${text.slice(0, at + run)}${code}${'`'.repeat(run)}${ends.join('')}`;
}

function mark(open: OpenMark[], found: OpenMark, before: string, after: string): void {
  const { char, at } = found;
  let { length } = found;
  if (char === '~' && length !== 2 && after !== '') return;
  const isInWord = char === '_' && /\w/.test(before) && /\w/.test(after);
  if (isInWord) return;
  const mayClose = before !== '' && !/\s/.test(before);
  while (mayClose && length > 0) {
    const last = open.findLastIndex((one) => one.char === char);
    const known = open[last];
    if (!known) break;
    const taken = Math.min(known.length, length);
    open.splice(last);
    if (known.length > taken) open.push({ ...known, length: known.length - taken });
    length -= taken;
  }
  if (length > 0 && !/\s/.test(after)) open.push({ char, length, at });
}

function runAt(text: string, at: number): number {
  let end = at;
  while (text.charAt(end) === text.charAt(at)) end += 1;
  return end - at;
}

function endOfCode(text: string, from: number, run: number): number | null {
  for (let at = text.indexOf('`', from); at >= 0; at = text.indexOf('`', at)) {
    const length = runAt(text, at);
    if (length === run) return at + length;
    at += length;
  }
  return null;
}

/** `[words](https://…`: the words alone, until the link is whole. Of an image the same, as it will be shown. */
function withoutHalfLink(leaf: string): string {
  const found = /!?\[([^\][]*)(?:\](?:\([^()\s]*(?:[ \t]+"[^"]*"?)?)?)?$/.exec(leaf);
  if (!found || /^\[[ xX]?\]?$/.test(found[0])) return found ? leaf.slice(0, found.index) : leaf.replace(/!$/, '');
  return leaf.slice(0, found.index) + (found[1] ?? '');
}

/** `<br`, `</td`, `<https://exa`: nothing until it is whole. */
function withoutHalfTag(leaf: string): string {
  return leaf.replace(/<(?:\/?[a-zA-Z][^<>]*|\/|!-{0,2}[^<>]*)?$/, '');
}
