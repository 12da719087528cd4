import type { Query } from '@planwright/client';

/** One way to take a plan along. */
export interface ExportFormat {
  name: string;
  query: Query<'exportProject'>;
  /** What the file's name ends with. */
  ending: string;
}

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  { name: 'Word', query: { format: 'docx' }, ending: '.docx' },
  { name: 'PDF', query: { format: 'pdf' }, ending: '.pdf' },
  { name: 'Markdown', query: { format: 'md' }, ending: '.md' },
  { name: 'Markdown files, zipped', query: { format: 'md', layout: 'folder' }, ending: '.zip' },
  { name: 'Cards for Jira', query: { format: 'csv', target: 'jira' }, ending: '-jira.csv' },
  { name: 'Cards for Linear', query: { format: 'csv', target: 'linear' }, ending: '-linear.csv' },
  { name: 'Backup (JSON)', query: { format: 'json' }, ending: '.json' },
];

/** A file name that every system takes, made of the project's name. */
export function fileNameOf(project: string, { ending }: Pick<ExportFormat, 'ending'>): string {
  const words = project
    .toLowerCase()
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  const name = words.slice(0, 60).replaceAll(/^-+|-+$/g, '');
  return `${name || 'plan'}${ending}`;
}
