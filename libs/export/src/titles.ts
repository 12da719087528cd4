import type { ExportedDocument } from '@planwright/contracts';

const TITLES: Record<string, string> = {
  prd: 'Product Requirements Document',
  tech_spec: 'Technical Specification',
  feature_spec: 'Feature Specification',
};

/** What a document is called where people read it; a team's own kinds by their name. */
export function documentTitle({ kind }: Pick<ExportedDocument, 'kind'>): string {
  const words = kind.replaceAll('_', ' ');
  return TITLES[kind] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Text as one line: what a heading, a file's name or a cell can hold. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}
