/** One line of a Markdown text. */
export interface Line {
  text: string;
  /** Where it begins, in UTF-16 units. */
  at: number;
  kind: 'blank' | 'heading' | 'item' | 'table' | 'fence' | 'code' | 'text';
}

/** A text cut into lines, each with what it is. */
export interface Lines {
  all: Line[];
  /** A code block that was begun and not closed; null where there is none. */
  openFence: Line | null;
}

const FENCE = /^\s*(`{3,}|~{3,})/;
const ITEM = /^\s*(?:[-*+]|\d{1,3}[.)])(?:\s|$)/;

/** Reads just enough Markdown to judge a text by: fences, headings, lists and tables. Never throws. */
export function readLines(text: string): Lines {
  const all: Line[] = [];
  let fence: { mark: string; line: Line } | null = null;
  let at = 0;
  for (const raw of text.split('\n')) {
    const line: Line = { text: raw.replace(/\r$/, ''), at, kind: 'text' };
    at += raw.length + 1;
    const [begin = '', mark] = FENCE.exec(line.text) ?? [];
    const info = line.text.slice(begin.length);
    if (fence) {
      const closes = mark?.startsWith(fence.mark) && info.trim() === '';
      line.kind = closes ? 'fence' : 'code';
      if (closes) fence = null;
    } else if (mark && !info.includes('`')) {
      line.kind = 'fence';
      fence = { mark, line };
    } else line.kind = kindOf(line.text);
    all.push(line);
  }
  return { all, openFence: fence?.line ?? null };
}

function kindOf(line: string): Line['kind'] {
  if (line.trim() === '') return 'blank';
  if (/^\s{0,3}#{1,6}(?:\s|$)/.test(line)) return 'heading';
  if (/^\s*\|/.test(line)) return 'table';
  return ITEM.test(line) ? 'item' : 'text';
}

/** The text with code, fenced or between backticks, as spaces: what stands elsewhere keeps its place. */
export function withoutCode(text: string): string {
  const lines = readLines(text).all.map((line) =>
    line.kind === 'code' || line.kind === 'fence' ? ' '.repeat(line.text.length) : withoutSpans(line.text),
  );
  return lines.join('\n');
}

/** Blank where it is between backticks: up to the next run of as many. A run without another like it is a character. */
function withoutSpans(line: string): string {
  const runs = [...line.matchAll(/`+/g)].map(({ 0: run, index: at }) => ({ at, end: at + run.length }));
  const nextAlike: (number | undefined)[] = [];
  const latest = new Map<number, number>();
  for (const [i, { at, end }] of [...runs.entries()].reverse()) {
    nextAlike[i] = latest.get(end - at);
    latest.set(end - at, i);
  }
  let plain = '';
  let from = 0;
  for (let i = 0; i < runs.length; i++) {
    const [open, close] = [runs[i], runs[nextAlike[i] ?? -1]];
    if (!open || !close) continue;
    plain += line.slice(from, open.at) + ' '.repeat(close.end - open.at);
    from = close.end;
    i = nextAlike[i] ?? i;
  }
  return plain + line.slice(from);
}

/** A list item without its mark, a heading without its signs. */
export function bare(line: string): string {
  const body = line.replace(/^\s*(?:#{1,6}\s*|(?:[-*+]|\d{1,3}[.)])\s+)/, '').trim();
  let end = body.length;
  while (body[end - 1] === '#') end--;
  const closes = end < body.length && /\s/.test(body.charAt(end - 1));
  return closes ? body.slice(0, end).trimEnd() : body;
}

/** A paragraph or a list item: lines that belong together. Headings, tables and code are none. */
export interface Block {
  text: string;
  at: number;
  isItem: boolean;
}

export function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const { kind, text: line, at } of readLines(text).all) {
    if (kind !== 'text' && kind !== 'item') {
      open = null;
    } else if (open && kind === 'text') {
      open.text += `\n${line}`;
    } else {
      open = { text: line, at, isItem: kind === 'item' };
      blocks.push(open);
    }
  }
  return blocks;
}

/** A title as it is compared: letters and digits alone, in lower case, without a number before it. */
export function plainTitle(title: string): string {
  return title
    .toLowerCase()
    .replace(/^[\s#*_]*\d+(?:\.\d+)*[.):]?\s+/, '')
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
