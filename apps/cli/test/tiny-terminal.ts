/** What stands on a terminal of a given width after what was written to it: lines, `\r`, cursor up, clear below. */
export class TinyTerminal {
  private rows: string[][] = [[]];
  private row = 0;
  private column = 0;

  constructor(private readonly columns: number) {}

  write(text: string): void {
    for (const [token] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|[^]/gu)) this.take(token);
  }

  /** Without style and without the blanks at line ends. */
  get lines(): string[] {
    return this.rows.map((row) =>
      Array.from(row, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  private take(token: string): void {
    if (token === '\n') {
      this.row += 1;
      this.column = 0;
      this.rows[this.row] ??= [];
    } else if (token === '\r') this.column = 0;
    else if (token.endsWith('A') && token.length > 1) this.row -= Number(token.slice(2, -1));
    else if (token.endsWith('J') && token.length > 1) {
      this.rows.length = this.row + 1;
      this.rows[this.row]?.splice(this.column);
    } else if (!token.startsWith('\u001b')) {
      if (this.column >= this.columns - 1) throw new Error('a row reached the last column');
      (this.rows[this.row] ??= [])[this.column++] = token;
    }
  }
}
