import { KINDS } from '@planwright/persistence';
import type { Finding, Verification } from '@planwright/persistence';
import { count, oneLine } from '../text.js';

/** What a person reads: the answer first, then each finding with examples and what to do, then counts by kind. */
export function verifyReport({ checked, findings }: Verification, place: { where: string; all: boolean }): string {
  const violations = findings.filter(({ severity }) => severity === 'violation');
  const range = place.all ? 'everything there is' : 'what is active or ended in the last 24 hours';
  const head =
    violations.length === 0
      ? `✓ ${count(checked, 'invariant')} of ${place.where} hold for ${range}.`
      : `✗ ${violations.length} of ${count(checked, 'invariant')} of ${place.where} ${violations.length === 1 ? 'does' : 'do'} not hold for ${range}.`;
  const parts = [[head], ...findings.map(findingLines)];
  if (findings.length > 0) parts.push([countsByKind(findings)]);
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function findingLines({ invariant, kind, severity, what, advice, count: found, examples }: Finding): string[] {
  const rest = found - examples.length;
  return [
    `${severity === 'warning' ? '!' : '✗'} ${kindName(kind)} · ${invariant} · ${found}`,
    `  ${what}`,
    ...examples.map(({ id, detail }) => `    ${id}  ${oneLine(detail, 200)}`),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
    `  → ${advice}`,
  ];
}

function countsByKind(findings: readonly Finding[]): string {
  const sum = (of: readonly Finding[]): number => of.reduce((total, finding) => total + finding.count, 0);
  const violations = findings.filter(({ severity }) => severity === 'violation');
  const warnings = sum(findings) - sum(violations);
  const counts = KINDS.map((kind) => `${kindName(kind)} ${sum(violations.filter((finding) => finding.kind === kind))}`);
  return [...counts, ...(warnings > 0 ? [count(warnings, 'warning')] : [])].join(' · ');
}

const kindName = (kind: string): string => kind.replaceAll('_', ' ');
