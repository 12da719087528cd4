import { oneLine } from '../text.js';
import type { Check } from './check.js';

const SIGNS: Record<Check['status'], string> = { ok: '✓', note: '!', bad: '✗' };

/** What a person reads: a line each, and under it what to do. */
export function doctorReport(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, detail, advice }) => [
    `${SIGNS[status]} ${name.padEnd(width)}  ${oneLine(detail)}`,
    ...(advice === undefined ? [] : [`  ${' '.repeat(width)}  → ${advice}`]),
  ]);
  return `${lines.join('\n')}\n`;
}
