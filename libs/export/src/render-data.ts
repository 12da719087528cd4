import type { ExportQuery, PlanExport } from '@planwright/contracts';
import { bundleJson } from './bundle.js';
import { jiraCsv } from './csv/jira.js';
import { linearCsv } from './csv/linear.js';
import { fileOf } from './exported-file.js';
import type { ExportedFile } from './exported-file.js';

/** Formats that programs read. Making one takes milliseconds. */
type DataFormat = 'json' | 'csv';

export function renderData(plan: PlanExport, format: DataFormat, target: ExportQuery['target']): ExportedFile {
  if (format === 'json') return fileOf(plan, 'json', bundleJson(plan));
  return target === 'linear'
    ? fileOf(plan, 'csv', linearCsv(plan), '-linear')
    : fileOf(plan, 'csv', jiraCsv(plan), '-jira');
}
