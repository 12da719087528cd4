import type { CoverageReport, RequirementResource, TaskResource } from '@planwright/contracts';

/** A card, as far as coverage goes. */
export type LinkedTask = Pick<TaskResource, 'id' | 'key' | 'title' | 'type' | 'requirements'> & {
  /** The feature whose card it is; null for a card of the plan. */
  featureId: string | null;
};

/**
 * Which requirements have cards, and which cards have requirements. A link to an id that is not among `requirements` (one
 * of an older text) counts for neither. What needs no requirement is not counted: an enabler, and a feature's card, whose
 * reason is its feature.
 */
export function coverageOf(requirements: readonly RequirementResource[], tasks: readonly LinkedTask[]): CoverageReport {
  const linked = new Map<string, string[]>(requirements.map(({ id }) => [id, []]));
  for (const task of tasks) {
    for (const id of new Set(task.requirements)) linked.get(id)?.push(task.id);
  }
  const items = requirements.map((requirement) => ({ ...requirement, task_ids: linked.get(requirement.id) ?? [] }));
  const due = tasks.filter(({ type, featureId }) => type !== 'enabler' && featureId === null);
  const without = due.filter((task) => !task.requirements.some((id) => linked.has(id)));
  const bare = requirements.filter(({ id }) => linked.get(id)?.length === 0);
  return {
    requirements: { ...shareOf(items.length, bare.length), items, without_tasks: bare },
    tasks: {
      ...shareOf(due.length, without.length),
      without_requirements: without.map(({ id, key, title, type }) => ({ id, key, title, type })),
    },
  };
}

/** Rounded down: 100 means all. Of nothing there is no share. */
function shareOf(total: number, missing: number) {
  const covered = total - missing;
  return { total, covered, percentage: total === 0 ? null : Math.floor((100 * covered) / total) };
}
