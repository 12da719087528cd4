import { breakLine, fit, indentOf, widthOf } from './wrap.js';

export type Style = 'plain' | 'bold' | 'dim';

/** What is written on, from top to bottom. Knows nothing of runs. */
export abstract class Paper {
  /** True where a status line stands below the text and is renewed; otherwise progress has to be written as lines. */
  abstract readonly hasStatus: boolean;
  /** The last two characters; an empty paper begins like one after a blank line. */
  private end = '\n\n';

  /** Goes on where the last text ended. Control characters are left out: what a model wrote can't steer a terminal. */
  write(text: string, style: Style = 'plain'): void {
    const clean = text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
    if (clean === '') return;
    this.end = (this.end + clean).slice(-2);
    this.put(clean, style);
  }

  /** A line of its own. */
  line(text: string, style: Style = 'plain'): void {
    if (!this.end.endsWith('\n')) this.write('\n');
    this.write(`${text}\n`, style);
  }

  /** A line of its own after exactly one blank line. */
  block(text: string, style: Style = 'plain'): void {
    if (!this.end.endsWith('\n')) this.write('\n');
    if (this.end !== '\n\n') this.write('\n');
    this.line(text, style);
  }

  /** Renews the status line; null takes it away. */
  abstract status(text: string | null): void;
  protected abstract put(text: string, style: Style): void;

  /** Leaves the cursor at the beginning of a line with nothing below. */
  close(): void {
    this.status(null);
    if (!this.end.endsWith('\n')) this.write('\n');
  }
}

/** A file or a pipe: the text as it is. */
export class PlainPaper extends Paper {
  readonly hasStatus = false;

  constructor(private readonly out: (text: string) => void) {
    super();
  }

  status(): void {
    // Nothing that was written to a pipe can be renewed.
  }

  protected put(text: string): void {
    this.out(text);
  }
}

export interface TerminalOptions {
  out(text: string): void;
  /** Asked anew for each drawing: people resize windows. */
  columns(): number;
  /** Bold and dim; false where NO_COLOR is set. */
  colour: boolean;
}

/** Longer lines are hard to read. */
const WIDEST_LINE = 100;

/**
 * A terminal. Finished lines are written once and for good. Below them is the live part: the line that is not finished
 * yet, and the status line. It is wiped and drawn again with every change, in one write, so nothing flickers.
 *
 * Lines are broken at blanks by us: only so it is known how many rows the live part takes. No row reaches the last column,
 * where terminals disagree about the cursor.
 */
export class TerminalPaper extends Paper {
  readonly hasStatus = true;
  private unfinished = { text: '', style: 'plain' as Style, indent: null as string | null };
  private shownStatus: string | null = null;
  /** Widths of the rows of the live part as drawn. */
  private live: number[] = [];

  constructor(private readonly options: TerminalOptions) {
    super();
  }

  status(text: string | null): void {
    if (text === this.shownStatus) return;
    this.shownStatus = text;
    this.draw([]);
  }

  protected put(text: string, style: Style): void {
    const width = Math.max(Math.min(this.options.columns() - 1, WIDEST_LINE), 10);
    const done: string[] = [];
    for (const [i, piece] of text.replaceAll('\t', '    ').split('\n').entries()) {
      if (i > 0) this.finish(done);
      const line = this.unfinished;
      if (line.text === '') line.style = style;
      line.text += piece;
      while (widthOf(line.text) > width) {
        const indent = (line.indent ??= indentOf(line.text));
        const [first, rest] = breakLine(line.text, width, indent.length < width / 2 ? indent : '');
        done.push(this.styled(first, line.style));
        line.text = rest;
      }
    }
    this.draw(done);
  }

  private finish(done: string[]): void {
    done.push(this.styled(this.unfinished.text, this.unfinished.style));
    this.unfinished = { text: '', style: 'plain', indent: null };
  }

  private draw(done: string[]): void {
    const columns = this.options.columns();
    const { text, style } = this.unfinished;
    const rows = text === '' && this.shownStatus === null ? [] : [text];
    if (this.shownStatus !== null) rows.push(fit(this.shownStatus, columns - 1));
    const drawn = rows.map((row, i) => this.styled(row, i === 0 ? style : 'dim')).join('\n');
    this.options.out(this.wipe(columns) + done.map((line) => `${line}\n`).join('') + drawn);
    this.live = rows.map(widthOf);
  }

  /** From the end of the live part back to its beginning. A window that became narrower shows its rows on several. */
  private wipe(columns: number): string {
    if (this.live.length === 0) return '';
    const rows = this.live.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}\u001b[J`;
  }

  private styled(text: string, style: Style): string {
    if (!this.options.colour || style === 'plain' || text === '') return text;
    return style === 'bold' ? `\u001b[1m${text}\u001b[22m` : `\u001b[2m${text}\u001b[22m`;
  }
}
