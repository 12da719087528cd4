import { clip, distinct, plainText, trimEnds } from './phrases.js';

/** `- **Find a court** (must): …`, as every writer of requirements is asked to write them. */
const ITEM = /^[-*+] +\*\*([^*\n]{3,120})\*\* *\((?:must|should|could)\)/i;

/** `FR-1 **Find a court** (must): …`, as prompts list what tasks may refer to. */
const LISTED = /^([A-Z]+-\d+) +\*\*([^*\n]{3,120})\*\*/;

/** The platform's ids of requirements, by their titles in lower case. */
export function requirementIds(listed: string): ReadonlyMap<string, string> {
  const found = listed.split('\n').flatMap((line): [string, string][] => {
    const [, id, title] = LISTED.exec(line) ?? [];
    return id && title ? [[titleOf(title).toLowerCase(), id]] : [];
  });
  return new Map(found);
}

const titleOf = (written: string): string => clip(trimEnds(plainText(written)), 12, 80);

/** Titles of the requirements in earlier texts. Those under a heading that says so, or measured, tell how well. */
export function requirementsOf(texts: readonly string[]): { functional: string[]; quality: string[] } {
  const functional: string[] = [];
  const quality: string[] = [];
  for (const text of texts) {
    const lines = text.split('\n');
    let heading = '';
    lines.forEach((line, i) => {
      if (/^#{1,3} /.test(line)) heading = line.toLowerCase();
      const title = titleOf(ITEM.exec(line)?.[1] ?? '');
      if (!/\p{L}/u.test(title)) return;
      const below = lines[i + 1] ?? '';
      const measured = /measured by/i.test(/^\s+\S/.test(below) ? `${line} ${below}` : line);
      (measured || /non-?functional|quality/.test(heading) ? quality : functional).push(title);
    });
  }
  return { functional: distinct(functional).slice(0, 40), quality: distinct(quality).slice(0, 20) };
}
