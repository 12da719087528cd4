/** A section, as far as its text is copied. */
interface CopiedSection {
  title: string;
  content: string | null;
}

/** A section as Markdown: its title above its text. */
export const sectionMarkdown = ({ title, content }: CopiedSection): string =>
  `## ${title}\n\n${(content ?? '').trim()}\n`;

/** A whole document as Markdown; sections without a text are left out. */
export const documentMarkdown = (title: string, sections: readonly CopiedSection[]): string =>
  [`# ${title}\n`, ...sections.filter(({ content }) => content !== null).map(sectionMarkdown)].join('\n');
