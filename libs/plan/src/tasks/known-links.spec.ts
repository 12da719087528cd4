import type { TaskDraft } from '@planwright/contracts';
import { withKnownLinks } from './known-links.js';

const draft = (ref: string, requirements: string[]): TaskDraft => ({
  ...{ ref, title: `Task ${ref}`, description: 'Build it.', acceptance_criteria: ['It is there.'] },
  ...{ type: 'feature', priority: 'medium', estimate: 3, labels: [], dependencies: [], requirements },
});

describe('withKnownLinks', () => {
  it('keeps what exists, once', () => {
    expect(withKnownLinks([draft('T1', ['FR-1', 'NFR-2', 'FR-1'])], new Set(['FR-1', 'NFR-2']))).toEqual({
      drafts: [draft('T1', ['FR-1', 'NFR-2'])],
      warnings: [],
    });
  });
  it('drops what does not, and says so', () => {
    const { drafts, warnings } = withKnownLinks(
      [draft('T1', ['FR-1', 'FR-9']), draft('T2', ['US-1'])],
      new Set(['FR-1']),
    );
    expect(drafts.map(({ requirements }) => requirements)).toEqual([['FR-1'], []]);
    expect(warnings).toEqual([
      { rule: 'unknown_requirement', message: expect.stringContaining('T1 → FR-9, T2 → US-1') },
    ]);
  });
  it('names the first five', () => {
    const many = draft('T1', ['FR-1', 'FR-2', 'FR-3', 'FR-4', 'FR-5', 'FR-6', 'FR-7']);
    const [warning] = withKnownLinks([many], new Set()).warnings;
    expect(warning?.message).toMatch(/T1 → FR-5 and 2 more$/);
  });
});
