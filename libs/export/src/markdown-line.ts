import { oneLine } from './titles.js';

/** What Markdown would read as more than text, within a line or at its beginning. */
const INLINE = /[\\`*_[\]<>~|]|&(?=#?\w+;)/g;
const BLOCK = /^([#+-]|\d+(?=[.)]))/;

/** Text as one line of Markdown that is shown as it is. */
export function markdownLine(text: string): string {
  return oneLine(text)
    .replaceAll(INLINE, '\\$&')
    .replace(BLOCK, (start) => (/^\d/.test(start) ? start : `\\${start}`))
    .replace(/#+$/, (hashes) => `\\${hashes}`);
}
