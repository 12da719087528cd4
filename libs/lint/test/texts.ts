import { readdirSync, readFileSync } from 'node:fs';

/** A text without a fault, as a good writer delivers it. */
export interface CleanText {
  /** `functional.en`. */
  name: string;
  title: string;
  /** ISO 639-1, from the name. */
  language: string;
  text: string;
}

const folder = new URL('./texts/', import.meta.url);

/** `texts/*.md`: in its first line each names the section it is. */
export const CLEAN: readonly CleanText[] = readdirSync(folder)
  .sort()
  .map((file) => {
    const [, title = '', text = ''] =
      /^<!-- (.+) -->\n([\s\S]*)$/.exec(readFileSync(new URL(file, folder), 'utf8')) ?? [];
    const name = file.replace(/\.md$/, '');
    return { name, title, language: name.split('.')[1] ?? '', text: text.trimEnd() };
  });

export function clean(name: string): CleanText {
  const found = CLEAN.find((one) => one.name === name);
  if (!found) throw new Error(`there is no text ${name}`);
  return found;
}
