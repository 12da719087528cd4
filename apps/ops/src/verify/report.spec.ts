import type { Finding, Verification } from '@planwright/persistence';
import { verifyReport } from './report.js';

const place = { where: 'db.internal:5432/planwright', all: false };
const finding = (more: Partial<Finding> = {}): Finding => ({
  invariant: 'step_not_begun',
  kind: 'stuck',
  severity: 'violation',
  what: 'A step was handed out, and nobody began it.',
  advice: 'Start a generator.',
  count: 1,
  examples: [{ id: '0199f3a2-7c1e-7a43-9d52-000000000001', detail: 'run 7, attempt 1' }],
  ...more,
});
const report = (findings: Finding[], all = false): string => {
  const verification: Verification = { at: '2026-03-01T12:00:00.000Z', checked: 60, findings };
  return verifyReport(verification, { ...place, all });
};

it('says in one line that all is well', () => {
  expect(report([])).toBe(
    '✓ 60 invariants of db.internal:5432/planwright hold for what is active or ended in the last 24 hours.\n',
  );
  expect(report([], true)).toBe('✓ 60 invariants of db.internal:5432/planwright hold for everything there is.\n');
});

it('shows what was found, what it means, and what to do', () => {
  const hash = finding({ invariant: 'text_unlike_its_hash', kind: 'content', count: 7 });
  expect(report([finding(), hash])).toBe(`\
✗ 2 of 60 invariants of db.internal:5432/planwright do not hold for what is active or ended in the last 24 hours.

✗ stuck · step_not_begun · 1
  A step was handed out, and nobody began it.
    0199f3a2-7c1e-7a43-9d52-000000000001  run 7, attempt 1
  → Start a generator.

✗ content · text_unlike_its_hash · 7
  A step was handed out, and nobody began it.
    0199f3a2-7c1e-7a43-9d52-000000000001  run 7, attempt 1
    and 6 more
  → Start a generator.

stuck 1 · lost 0 · doubled 0 · dangling 0 · orphaned 0 · out of order 0 · content 7
`);
});

it('a warning alone is no violation', () => {
  const text = report([finding({ severity: 'warning', count: 3 })]);
  expect(text).toMatch(/^✓ 60 invariants .* hold/);
  expect(text).toContain('\n! stuck · step_not_begun · 3\n');
  expect(text).toMatch(/\nstuck 0 .* content 0 · 3 warnings\n$/);
});

it('counts one that does not hold', () => {
  expect(report([finding()])).toMatch(/^✗ 1 of 60 invariants of \S+ does not hold for/);
});

it('shows nothing that would steer a terminal', () => {
  expect(report([finding({ examples: [{ id: 'x', detail: 'section \u001b[2J' }] })])).toContain('section �[2J');
});
