import type { OutputFormat } from '@planwright/contracts';
import { FenceTail } from './fence-tail.js';
import { plainTitle } from './lines.js';
import { isPreamble, MAX_PREAMBLE, mayBePreamble } from './rules/preamble.js';

/** Blank before the text, in UTF-16 units, beyond which nothing is taken away. */
const MAX_BLANK = 64;
/** What a fence around the whole answer says it holds. */
const WRAPPERS: Readonly<Record<OutputFormat, ReadonlySet<string>>> = {
  markdown: new Set(['markdown', 'md']),
  tasks: new Set(['json', '']),
};
/** Longer than the longest fence with its word. */
const MAX_FENCE = 24;

interface Head {
  /** So much of the beginning goes, in UTF-16 units. */
  skip: number;
  /** The fence around the whole answer, whose end has to go as well. */
  fence: string | null;
}

/**
 * Takes from an answer what is no part of the text, before anybody sees it: a preamble ("Sure! Here is the section:"), a
 * fence around all of it, and the section's own title, which the platform prints. It holds the beginning back until it is
 * clear what it is, one line of at most 240 characters at a time; of a fenced answer also its last lines, as they may be
 * the fence's end. All else passes byte for byte, and however the answer is cut into pieces the result is the same.
 */
export class AnswerFilter {
  private held = '';
  private passed = '';
  private head: Head | null = null;
  private readonly tail = new FenceTail();

  constructor(private readonly section: { title: string; output: OutputFormat }) {}

  /** What can be shown of the answer now; may be empty. */
  push(piece: string): string {
    this.held += piece;
    this.head ??= this.decide(false);
    return this.head ? this.release(this.head, false) : '';
  }

  /** The rest, when nothing more comes: the provider has finished, or was cut off. */
  end(): string {
    this.head ??= this.decide(true);
    return this.head ? this.release(this.head, true) : '';
  }

  private decide(isWhole: boolean): Head | null {
    const head = headOf(this.held, isWhole, this.section);
    if (head) this.held = this.held.slice(head.skip);
    return head;
  }

  private release({ fence }: Head, isWhole: boolean): string {
    const text = this.held;
    this.held = '';
    if (fence === null) return text;
    let out = this.tail.push(text);
    if (isWhole) {
      const kept = this.tail.rest();
      const isEnd = new RegExp(`\\n[ \\t]*${fence}[${fence.charAt(0)}]*\\s*$`).test(kept);
      if (!isEnd || isWithinCode(this.passed + out)) out += kept;
    }
    this.passed += out;
    return out;
  }
}

/** What goes of an answer that begins like this; null while that is not clear. */
function headOf(text: string, isWhole: boolean, section: { title: string; output: OutputFormat }): Head | null {
  const steps = [preamble, wrapper, ...(section.output === 'markdown' ? [title] : [])];
  let skip = 0;
  let fence: string | null = null;
  for (const step of steps) {
    const blank = /^\s*/.exec(text.slice(skip))?.[0].length ?? 0;
    if (blank > MAX_BLANK) break;
    const rest = text.slice(skip + blank);
    if (rest === '' && !isWhole) return null;
    const length = step(rest, isWhole, section);
    if (length === null) return null;
    if (length === 0) continue;
    skip += blank + length;
    if (step === wrapper) fence = /^[`~]+/.exec(rest)?.[0] ?? null;
  }
  if (skip === 0) return { skip, fence };
  const blank = /^\s*/.exec(text.slice(skip))?.[0].length ?? 0;
  if (skip + blank === text.length && !isWhole && blank <= MAX_BLANK) return null;
  return { skip: skip + Math.min(blank, MAX_BLANK), fence };
}

/** The first line up to `most` units, without its break; null where more has to come to know it, '' for a longer one. */
function lineOf(text: string, most: number, isWhole: boolean): string | null {
  const at = text.indexOf('\n');
  if (at >= 0) return at > most ? '' : text.slice(0, at);
  if (text.length > most) return '';
  return isWhole ? text : null;
}

function preamble(text: string, isWhole: boolean, section: { title: string }): number | null {
  if (!mayBePreamble(text.slice(0, MAX_PREAMBLE))) return 0;
  const line = lineOf(text, MAX_PREAMBLE, isWhole);
  if (line === null) return null;
  return line !== '' && isPreamble(line, section.title) ? line.length : 0;
}

function wrapper(text: string, isWhole: boolean, { output }: { output: OutputFormat }): number | null {
  if (!/^(?:`{1,2}$|~{1,2}$|`{3}|~{3})/.test(text)) return 0;
  const line = lineOf(text, MAX_FENCE, isWhole);
  if (line === null) return null;
  const [, label] = /^(?:`{3,}|~{3,})[ \t]*([a-z]*)[ \t]*\r?$/i.exec(line) ?? [];
  return label !== undefined && WRAPPERS[output].has(label.toLowerCase()) ? line.length : 0;
}

/** As a heading, or in bold on a line of its own. */
function title(text: string, isWhole: boolean, section: { title: string }): number | null {
  if (!/^(?:#|\*$|\*\*)/.test(text)) return 0;
  const line = lineOf(text, section.title.length + MAX_FENCE, isWhole);
  if (line === null) return null;
  if (!/^(?:#{1,6}\s+.*|\*\*[^*]+\*\*:?)\s*$/.test(line)) return 0;
  return plainTitle(line) === plainTitle(section.title) ? line.length : 0;
}

function isWithinCode(text: string): boolean {
  return text.split('\n').filter((line) => /^\s*(?:`{3,}|~{3,})/.test(line)).length % 2 === 1;
}
