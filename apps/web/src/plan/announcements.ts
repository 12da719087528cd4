import type { ShownSection } from './shown-sections.js';

/** What was said already, and of which text how much. */
export interface Said {
  readonly looks: ReadonlyMap<string, ShownSection['look']>;
  /** Characters of the text being written that were said, or left out. */
  readonly upTo: ReadonlyMap<string, number>;
  readonly atMs: number;
  readonly isWriting: boolean;
}

/** Between two announcements, in ms: whoever listens also wants to do something else. */
const PAUSE_MS = 5_000;
/** More than this of a text is not read out at once; what is older is left out. */
const LONGEST = 320;

/** Nothing is said of what was there before. */
export function saidOf(sections: readonly ShownSection[], isWriting: boolean, atMs: number): Said {
  return {
    looks: new Map(sections.map(({ id, look }) => [id, look])),
    upTo: new Map(sections.map(({ id, text }) => [id, text.length])),
    atMs,
    isWriting,
  };
}

export interface Announcement {
  readonly said: Said;
  /** Null: nothing to say now. */
  readonly text: string | null;
}

/**
 * What to tell people who listen: sections that were finished or failed, whole sentences of what is being written, and the end.
 * `title`: of the document; `outcome`: how it ended.
 */
export function nextAnnouncement(
  said: Said,
  sections: readonly ShownSection[],
  isWriting: boolean,
  outcome: string,
  nowMs: number,
): Announcement {
  const hasEnded = said.isWriting && !isWriting;
  if (nowMs - said.atMs < PAUSE_MS && !hasEnded) return { said, text: null };
  const words: string[] = [];
  const upTo = new Map(said.upTo);
  for (const { id, title, look, text } of sections) {
    const before = said.looks.get(id);
    if (before === look && look !== 'writing') continue;
    if (look === 'done' && before !== 'stale') words.push(`Section ${title} finished.`);
    else if (look === 'failed') words.push(`Section ${title} failed.`);
    else if (look === 'delayed') words.push(`Section ${title} is delayed.`);
    if (look !== 'writing') upTo.set(id, text.length);
  }
  const writing = isWriting ? sections.find(({ look }) => look === 'writing') : undefined;
  if (writing) {
    const from = Math.min(upTo.get(writing.id) ?? 0, writing.text.length);
    const end = endOfSentences(writing.text, from);
    if (end > from) {
      words.push(plainOf(newestSentences(writing.text.slice(from, end))));
      upTo.set(writing.id, end);
    }
  }
  if (hasEnded) words.push(outcome);
  if (words.length === 0 && said.isWriting === isWriting) return { said, text: null };
  const looks = new Map(sections.map(({ id, look }) => [id, look]));
  return { said: { looks, upTo, atMs: nowMs, isWriting }, text: words.length === 0 ? null : words.join(' ') };
}

/** Where the last whole sentence, item or paragraph ends. */
function endOfSentences(text: string, from: number): number {
  const ends = [...text.slice(from).matchAll(/[.!?:;](?=\s)|\n/g)];
  const last = ends.at(-1);
  return last ? from + last.index + 1 : from;
}

function newestSentences(text: string): string {
  if (text.length <= LONGEST) return text;
  const cut = text.slice(-LONGEST);
  const start = /[.!?:;]\s|\n/.exec(cut);
  return start ? cut.slice(start.index + start[0].length) : cut;
}

/** Markdown as it is read out. */
export function plainOf(text: string): string {
  return text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[ \t]*(?:#{1,6}|[-*+>]|\d+[.)])[ \t]+/gm, '')
    .replace(/[*_`~|#]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
