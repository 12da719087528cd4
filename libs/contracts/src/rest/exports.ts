import { z } from 'zod';

/** What each format is as a file. `csv` and `md` say more by `target` and `layout`. */
export const EXPORT_TYPES = {
  md: 'text/markdown; charset=utf-8',
  json: 'application/json; charset=utf-8',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  zip: 'application/zip',
} as const;

const exportFormat = z.enum(['md', 'json', 'docx', 'pdf', 'csv']);
export type ExportFormat = z.infer<typeof exportFormat>;

/** `?format=`, with `layout` for Markdown alone and `target` for CSV alone. */
export const exportQuery = z
  .strictObject({
    format: exportFormat,
    /** One file, or a zip with a file for each document and one for the cards. Default: file. */
    layout: z.enum(['file', 'folder']).optional(),
    /** Whose import the columns are for. */
    target: z.enum(['jira', 'linear']).optional(),
  })
  .superRefine(({ format, layout, target }, { addIssue }) => {
    const say = (name: string, message: string) => addIssue({ code: 'custom', path: [name], message });
    if (format === 'csv' && target === undefined) say('target', 'must be jira or linear for format=csv');
    if (format !== 'csv' && target !== undefined) say('target', 'is for format=csv alone');
    if (format !== 'md' && layout !== undefined) say('layout', 'is for format=md alone');
  });
export type ExportQuery = z.infer<typeof exportQuery>;
