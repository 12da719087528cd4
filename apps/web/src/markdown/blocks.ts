import type { Token } from 'marked';
import { Lexer } from 'marked';

/** A piece of a text that is rendered by itself: a paragraph, a list, a table. */
export interface Block {
  /** Its Markdown, byte for byte. */
  readonly source: string;
  readonly token: Token;
}

/** A text that grows, in blocks. */
export interface Blocks {
  readonly text: string;
  /** What no later text can change: the same objects as before. */
  readonly finished: readonly Block[];
  /** Where the rest begins, that more text may still change. */
  readonly openAt: number;
  /** Characters that were parsed so far, to hold the cost against the length. */
  readonly parsed: number;
}

export const NO_BLOCKS: Blocks = { text: '', finished: [], openAt: 0, parsed: 0 };

/** Of what is open, so much is parsed again whenever there is more of it. */
const SMALL = 4_096;
/** And of more than that, only when it grew by this share: so that one endless list costs what as many short ones cost. */
const GROWTH = 1 / 32;

/** Whether what is open has grown enough to be drawn again, after it was drawn up to `drawn` characters of the text. */
export function isWorthDrawing(blocks: Blocks, drawn: number, text: string): boolean {
  if (text.length <= drawn) return text.length < drawn;
  const open = drawn - blocks.openAt;
  return open <= SMALL || text.length - drawn >= open * GROWTH;
}

/**
 * The blocks of a text that began like the one before. Only what was open is parsed. A block is finished once another begins
 * after it whose first line is whole: before that, `2` may become `2.` and belong to the list above it.
 */
export function grown(before: Blocks, text: string): Blocks {
  const start = continues(before.text, text) ? before : NO_BLOCKS;
  const rest = text.slice(start.openAt);
  let at = 0;
  let end = 0;
  // The outlines of blocks alone: what is in them is read once they are finished.
  for (const { type, raw } of new Lexer({ gfm: true }).blockTokens(plainLines(rest))) {
    if (type !== 'space' && at > 0 && hasWholeLine(raw, rest, at)) end = at;
    at += raw.length;
  }
  return {
    text,
    finished: end === 0 ? start.finished : [...start.finished, ...blocksOf(rest.slice(0, end))],
    openAt: start.openAt + end,
    parsed: start.parsed + rest.length,
  };
}

/** A definition that links anywhere in the text may refer to. */
const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;

/** All blocks of a text that grew until now: those that were finished before are the same objects, where nothing refers to others. */
export function completed(before: Blocks, text: string): readonly Block[] {
  if (before.openAt === 0 || DEFINITION.test(text)) return blocksOf(text);
  const { finished, openAt } = grown(before, text);
  return [...finished, ...blocksOf(text.slice(openAt))];
}

/** All blocks of a text that is finished, references between them resolved. */
export function blocksOf(text: string): Block[] {
  return new Lexer({ gfm: true })
    .lex(plainLines(text))
    .filter(({ type }) => type !== 'space' && type !== 'def')
    .map((token) => ({ source: token.raw, token }));
}

/** With the same positions as in the text. */
const plainLines = (text: string) => text.replaceAll('\r', ' ');

/** Looks at the end of what was known alone: texts of one attempt only grow. */
function continues(before: string, text: string): boolean {
  const tail = before.slice(-64);
  return text.length >= before.length && text.startsWith(tail, before.length - tail.length);
}

function hasWholeLine(raw: string, rest: string, at: number): boolean {
  return raw.includes('\n') || rest.charAt(at + raw.length) === '\n';
}
