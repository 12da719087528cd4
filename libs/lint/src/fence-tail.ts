/**
 * Holds back what may be the end of a fenced answer: blanks, a line of backticks or tildes, and blanks behind it. Looks at
 * each character once, however long the end is and however it is cut.
 */
export class FenceTail {
  private held = '';
  /** Where the end may begin in `held`. */
  private start = 0;
  /** On the line so far are only spaces and tabs. */
  private isLineBlank = false;
  private isWithinMarks = false;
  /** Where the blanks begin behind the line of marks; null where there is none yet. */
  private behindMarks: number | null = null;

  /** What is text for certain now; may be empty. */
  push(piece: string): string {
    const before = this.held.length;
    this.held += piece;
    for (let i = 0; i < piece.length; i++) this.read(piece.charAt(i), before + i);
    const { held, start } = this;
    if (start === 0) return '';
    this.held = held.slice(start);
    this.start = 0;
    if (this.behindMarks !== null) this.behindMarks -= start;
    return held.slice(0, start);
  }

  /** What is held back. */
  rest(): string {
    return this.held;
  }

  private read(character: string, at: number): void {
    if (character.trim() === '') {
      if (this.isWithinMarks) this.behindMarks = at;
      this.isWithinMarks = false;
      this.isLineBlank = character === '\n' || (this.isLineBlank && (character === ' ' || character === '\t'));
      return;
    }
    const isMark = character === '`' || character === '~';
    if (isMark && this.isWithinMarks) return;
    // A second line of marks: the first one was none of the end.
    this.start = isMark && this.isLineBlank ? (this.behindMarks ?? this.start) : at + 1;
    this.isWithinMarks = isMark && this.isLineBlank;
    this.isLineBlank = false;
    this.behindMarks = null;
  }
}
