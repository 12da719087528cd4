/** A whole document as a section of another one reads it. */
export function documentText(sections: readonly { title: string; content: string }[]): string {
  return sections.map(({ title, content }) => `## ${title}\n\n${content}`).join('\n\n');
}

/** Each requirement of the documents a text is made from on a line of its own, its id first. */
export function requirementsText(requirements: readonly { id: string; quote: string }[]): string {
  return requirements.map(({ id, quote }) => `${id} ${quote.replace(/\s+/g, ' ')}`).join('\n');
}
