import type { Finding } from '../finding.js';
import type { Line } from '../lines.js';
import { bare, plainTitle, readLines } from '../lines.js';

/** Sections are printed under their titles: a text has headings below that, each with something under it. */
export function headings(text: string, title: string, otherTitles: readonly string[]): Finding[] {
  const { all } = readLines(text);
  const found: Finding[] = [];
  const say = (line: Line, message: string, severity: Finding['severity'] = 'warning') =>
    found.push({ rule: 'headings', severity, message, at: line.at });
  const others = new Set(otherTitles.map(plainTitle));
  const foreign: Line[] = [];
  let above: number | null = null;
  const written = all.filter(({ kind }) => kind !== 'blank');
  for (const [i, line] of written.entries()) {
    if (line.kind !== 'heading') continue;
    const level = /#+/.exec(line.text)?.[0].length ?? 1;
    const words = bare(line.text);
    if (words === '') say(line, 'A heading has no words');
    else if (level === 1) say(line, `"${words}" is a heading of the first level, which is the document's`);
    if (plainTitle(words) === plainTitle(title)) say(line, `The heading "${words}" repeats the title of the section`);
    else if (others.has(plainTitle(words))) foreign.push(line);
    if (above !== null && level > above + 1) say(line, `The heading "${words}" skips a level`);
    if (words !== '' && isBarren(written[i + 1], level)) say(line, `Nothing stands under the heading "${words}"`);
    above = level;
  }
  // One may be a word the two have in common; several are a document instead of a section.
  const severity = foreign.length > 1 ? 'error' : 'warning';
  for (const line of foreign) say(line, `"${bare(line.text)}" is the title of another section`, severity);
  return found;
}

/** The next line is a heading that is not below this one, or there is none: the latter is an end, not a heading's fault. */
function isBarren(next: Line | undefined, level: number): boolean {
  return next?.kind === 'heading' && (/#+/.exec(next.text)?.[0].length ?? 1) <= level;
}
