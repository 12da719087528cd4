import { countWords } from './phrases.js';

/** A piece of a section: what the shortest version keeps, and more of the same for longer ones. */
export interface Part {
  heading?: string;
  intro?: string;
  style: 'paragraphs' | 'bullets' | 'numbers' | 'table';
  /** Titles of a table's columns; its items are rows of cells joined by ` | `. */
  columns?: readonly string[];
  /** In order of importance. */
  items: readonly string[];
  /** Items of the shortest version; default 1. */
  least?: number;
}

export interface Limits {
  min: number;
  target: number;
  max: number;
  /** UTF-16 units that the output limit leaves room for. */
  maxLength: number;
}

/** Stands first in every text of the offline writer, so that nobody takes it for a model's. */
export const PLACEHOLDER_NOTE = '_Placeholder text by the offline writer: no language model wrote this._';

/**
 * A section of about the wanted length: the shortest version of all parts, then one item more of each in turn until the
 * target is met. `more` gives further items for sections whose parts are used up below the least length. Where even the shortest
 * version is too long, the last parts go first.
 */
export function fitSection(parts: readonly Part[], limits: Limits, more: (round: number) => string): string {
  const shown = parts.map((part) => ({ part, count: Math.min(part.least ?? 1, part.items.length) }));
  const extra: string[] = [];
  const text = () => {
    const rest = render({ heading: 'Further points', style: 'bullets', items: extra }, extra.length);
    const blocks = [PLACEHOLDER_NOTE, ...shown.map(({ part, count }) => render(part, count)), rest];
    return blocks.filter((block) => block !== '').join('\n\n');
  };
  const fits = (candidate: string) => countWords(candidate) <= limits.max && candidate.length <= limits.maxLength;

  for (const entry of shown.toReversed()) {
    const least = entry === shown[0] ? 1 : 0;
    while (entry.count > least && !fits(text())) entry.count--;
  }
  if (!fits(text())) return PLACEHOLDER_NOTE;

  for (let grown = true; grown;) {
    grown = false;
    for (const entry of shown) {
      if (countWords(text()) >= limits.target) break;
      // A part that had to go stays away: its one item would stand there without the rest.
      if (entry.count === 0 || entry.count === entry.part.items.length) continue;
      entry.count++;
      if (fits(text())) grown = true;
      else entry.count--;
    }
  }
  // Only up to the least length: more of the same would tell nobody anything.
  for (let round = 0; countWords(text()) < limits.min && round < 2_000; round++) {
    extra.push(more(round));
    if (fits(text())) continue;
    extra.pop();
    break;
  }
  return text();
}

function render(part: Part, count: number): string {
  if (count === 0) return '';
  const items = part.items.slice(0, count);
  const blocks = [part.heading ? `### ${part.heading}` : '', part.intro ?? ''];
  if (part.style === 'paragraphs') blocks.push(...items);
  else if (part.style === 'bullets') blocks.push(items.map((item) => `- ${item}`).join('\n'));
  else if (part.style === 'numbers') blocks.push(items.map((item, i) => `${i + 1}. ${item}`).join('\n'));
  else {
    const columns = part.columns ?? [];
    const rows = [columns.join(' | '), columns.map(() => '---').join(' | '), ...items];
    blocks.push(rows.map((row) => `| ${row} |`).join('\n'));
  }
  return blocks.filter((block) => block !== '').join('\n\n');
}
