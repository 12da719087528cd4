import { parseMarkdown } from './paper/parse-markdown.js';

/** What ends the kinds of HTML blocks that go on until they are ended. */
const HTML_ENDS = ['-->', '</script>', '</pre>', '</style>', '</textarea>', '?>', ']]>', '>'];

/**
 * A section's text with what it leaves open closed: a fence or a comment that nobody ended would swallow every section
 * after it. Most texts come back as they are.
 */
export function sealed(text: string): string {
  if (isClosed(text)) return text;
  const longest = (mark: '`' | '~') =>
    mark.repeat(Math.max(3, ...[...text.matchAll(new RegExp(`${mark}+`, 'g'))].map(([run]) => run.length)));
  for (const end of [longest('`'), longest('~'), ...HTML_ENDS]) {
    const closed = `${text}${text.endsWith('\n') ? '' : '\n'}${end}\n`;
    if (isClosed(closed)) return closed;
  }
  return text;
}

/** True where a heading after the text is read as one. The text stands inside a file: a byte order mark is a character. */
function isClosed(text: string): boolean {
  const last = parseMarkdown(`\n${text}\n\n# End\n`).children.at(-1);
  return last?.type === 'heading' && last.depth === 1;
}
