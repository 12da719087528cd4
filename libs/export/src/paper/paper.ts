/** A piece of text in one style. A line break is `\n`. */
export interface Run {
  text: string;
  bold?: true;
  italic?: true;
  strike?: true;
  code?: true;
  /** An http, https or mailto address. */
  link?: string;
}

export interface ListItem {
  /** Of a task list; null elsewhere. */
  checked: boolean | null;
  blocks: Block[];
}

export type Align = 'left' | 'center' | 'right';

/** What a document is made of before it is DOCX or PDF: everything both can show, and nothing one of them can't. */
export type Block =
  | { kind: 'heading'; level: 1 | 2 | 3 | 4 | 5 | 6; runs: Run[] }
  | { kind: 'paragraph'; runs: Run[] }
  /** Small and grey: facts about a card, or what stands in the place of a text. */
  | { kind: 'note'; runs: Run[] }
  | { kind: 'list'; ordered: boolean; start: number; items: ListItem[] }
  | { kind: 'code'; text: string }
  | { kind: 'quote'; blocks: Block[] }
  /** The first row is the header; all rows have as many cells. */
  | { kind: 'table'; align: Align[]; rows: Run[][][] }
  | { kind: 'rule' };

/** A plan on paper. */
export interface Paper {
  title: string;
  /** ISO 8601: the last time something of it changed. */
  changedAt: string;
  blocks: Block[];
}

/** Text without what no XML and no page can hold. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '\ufffd');
}
