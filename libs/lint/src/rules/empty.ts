import type { Finding } from '../finding.js';
import { readLines } from '../lines.js';

/** Nothing is written: no letter at all, or headings without a word below them. */
export function empty(text: string): Finding[] {
  const body = readLines(text).all.filter(({ kind }) => kind !== 'heading' && kind !== 'fence');
  if (body.some((line) => /[\p{L}\p{N}]/u.test(line.text))) return [];
  const what = /[\p{L}\p{N}]/u.test(text) ? 'only headings' : 'no words';
  return [{ rule: 'empty', severity: 'error', message: `The text has ${what}` }];
}
