import { coverageReport } from '@planwright/contracts';
import fc from 'fast-check';
import type { LinkedTask } from './coverage.js';
import { coverageOf } from './coverage.js';

const requirement = (id: string) => ({ id, section_id: 'functional_requirements', text: `The text of ${id}` });
const task = (n: number, requirements: string[], more: Partial<LinkedTask> = {}): LinkedTask => ({
  ...{ id: `0199f3a2-7c1e-7a43-9d52-${String(n).padStart(12, '0')}`, key: `T-${n}`, title: `Task ${n}` },
  ...{ type: 'feature', requirements, featureId: null },
  ...more,
});

describe('coverageOf', () => {
  it('tells both ways what is linked and what is not', () => {
    const all = ['FR-1', 'FR-2', 'NFR-1'].map(requirement);
    const report = coverageOf(all, [
      task(1, ['FR-1', 'FR-1', 'NFR-1']),
      task(2, ['FR-1', 'FR-9']),
      task(3, ['FR-9']),
      task(4, [], { type: 'enabler' }),
      task(5, [], { featureId: 'feature' }),
      task(6, [], { type: 'spike' }),
    ]);
    expect(coverageReport.parse(report)).toEqual(report);
    expect(report.requirements).toMatchObject({
      total: 3,
      covered: 2,
      percentage: 66,
      without_tasks: [{ id: 'FR-2' }],
    });
    expect(report.requirements.items.map(({ task_ids }) => task_ids.length)).toEqual([2, 0, 1]);
    expect(report.tasks).toMatchObject({ total: 4, covered: 2, percentage: 50 });
    expect(report.tasks.without_requirements.map(({ key }) => key)).toEqual(['T-3', 'T-6']);
  });

  it('says nothing of nothing', () => {
    expect(coverageOf([], [task(1, [], { type: 'enabler' })])).toMatchObject({
      requirements: { total: 0, covered: 0, percentage: null },
      tasks: { total: 0, covered: 0, percentage: null },
    });
  });

  it('agrees with itself: what is not covered is listed, 100 means all, and a link shows on both sides', () => {
    const ids = fc.uniqueArray(
      fc.integer({ min: 1, max: 9 }).map((n) => `FR-${n}`),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(ids, fc.array(ids, { maxLength: 8 }), (known, links) => {
        const { requirements, tasks } = coverageOf(
          known.map(requirement),
          links.map((requirementIds, i) => task(i + 1, requirementIds)),
        );
        expect(requirements.without_tasks).toHaveLength(requirements.total - requirements.covered);
        expect(tasks.without_requirements).toHaveLength(tasks.total - tasks.covered);
        expect(requirements.percentage === 100).toBe(requirements.total > 0 && requirements.without_tasks.length === 0);
        for (const { id, task_ids: cards } of requirements.items) {
          expect(cards).toHaveLength(links.filter((link) => link.includes(id)).length);
        }
      }),
    );
  });
});
