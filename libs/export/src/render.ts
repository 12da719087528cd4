import type { ExportQuery, PlanExport } from '@planwright/contracts';
import { fileOf } from './exported-file.js';
import type { ExportedFile } from './exported-file.js';
import { markdownFile, markdownFiles } from './markdown.js';
import { docx } from './paper/docx.js';
import { pdf } from './paper/pdf.js';
import { planPaper } from './paper/plan-paper.js';
import { zip } from './zip.js';

/** Formats that people read. Making one takes about 10 µs a character, and nothing else runs meanwhile. */
export type DocumentFormat = 'md' | 'docx' | 'pdf';

export interface DocumentRequest {
  plan: PlanExport;
  format: DocumentFormat;
  layout: ExportQuery['layout'];
}

/** An entry of its own: what it loads takes half a second and 60 MB, which only who makes documents should spend. */
export async function renderDocument({ plan, format, layout }: DocumentRequest): Promise<ExportedFile> {
  switch (format) {
    case 'md':
      return layout === 'folder'
        ? fileOf(plan, 'zip', zip(markdownFiles(plan)))
        : fileOf(plan, 'md', markdownFile(plan));
    case 'docx':
      return fileOf(plan, 'docx', await docx(planPaper(plan)));
    case 'pdf':
      return fileOf(plan, 'pdf', await pdf(planPaper(plan)));
  }
}
