/**
 * Takes out of a provider's pieces what cannot be stored: NUL characters and halves of surrogate pairs. It happens before
 * anything else sees the text, so what is streamed is what is stored. A pair that was split between two pieces is kept.
 */
export class CleanText {
  private half = '';

  /** The clean text of the next piece; may be empty. */
  push(piece: string): string {
    let text = this.half + piece;
    this.half = '';
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.half = text.slice(-1);
      text = text.slice(0, -1);
    }
    return text.replace(/\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '');
  }
}
