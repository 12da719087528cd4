import type { ExportFormat, PlanExport } from '@planwright/contracts';
import { EXPORT_TYPES } from '@planwright/contracts';
import { slug } from './file-name.js';

/** An export as it is sent: a name for people, a content type, and the bytes. */
export interface ExportedFile {
  name: string;
  type: (typeof EXPORT_TYPES)[keyof typeof EXPORT_TYPES];
  content: Uint8Array | string;
}

/** A file named after its project. */
export function fileOf(
  { project }: PlanExport,
  extension: ExportFormat | 'zip',
  content: Uint8Array | string,
  suffix = '',
): ExportedFile {
  return { name: `${slug(project.name)}${suffix}.${extension}`, type: EXPORT_TYPES[extension], content };
}
