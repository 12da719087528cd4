import type { BoardColumn } from '@planwright/client/react';
import type { Priority, Task, TaskType } from './words.js';
import { ORIGINS, PRIORITIES, TYPES } from './words.js';

/** Which cards a board shows; what is null or false shows all. */
export interface Filters {
  text: string;
  type: TaskType | null;
  priority: Priority | null;
  label: string | null;
  origin: Task['origin'] | null;
  /** Id of the feature that brought them. */
  feature: string | null;
  hasSuggestion: boolean;
  noRequirement: boolean;
}

/** Filters as the address keeps them. Values it can't mean are left out. */
export function filtersOf(query: URLSearchParams): Filters {
  const one = <Value extends string>(name: string, values: Record<Value, string>) => {
    const value = query.get(name);
    return value !== null && Object.hasOwn(values, value) ? (value as Value) : null;
  };
  return {
    text: query.get('q') ?? '',
    type: one('type', TYPES),
    priority: one('priority', PRIORITIES),
    label: query.get('label'),
    origin: one('origin', ORIGINS),
    feature: query.get('feature'),
    hasSuggestion: query.get('suggestion') === 'yes',
    noRequirement: query.get('requirement') === 'none',
  };
}

/** The address with other filters; everything else in it stays. */
export function withFilters(query: URLSearchParams, filters: Filters): URLSearchParams {
  const next = new URLSearchParams(query);
  const values = {
    q: filters.text,
    type: filters.type,
    priority: filters.priority,
    label: filters.label,
    origin: filters.origin,
    feature: filters.feature,
    suggestion: filters.hasSuggestion ? 'yes' : null,
    requirement: filters.noRequirement ? 'none' : null,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}

export const NO_FILTERS: Filters = filtersOf(new URLSearchParams());

/** How many of them hold something back. */
export const countFilters = (filters: Filters): number =>
  Object.values(filters).filter((value) => value !== null && value !== false && value !== '').length;

/** Every word of the text has to be in the key, the title, the description, a label or a requirement. */
export function matches(task: Task, filters: Filters): boolean {
  const { type, priority, label, origin, feature, hasSuggestion, noRequirement } = filters;
  if (type !== null && task.type !== type) return false;
  if (priority !== null && task.priority !== priority) return false;
  if (label !== null && !task.labels.includes(label)) return false;
  if (origin !== null && task.origin !== origin) return false;
  if (feature !== null && task.feature_id !== feature) return false;
  if (hasSuggestion && task.suggestion === null) return false;
  if (noRequirement && task.requirements.length > 0) return false;
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const all = [task.key, task.title, task.description, ...task.labels, ...task.requirements].join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}

/** The columns with the cards that are to be seen. */
export function shownOf(columns: readonly BoardColumn[], filters: Filters): readonly BoardColumn[] {
  if (countFilters(filters) === 0) return columns;
  return columns.map((column) => ({ ...column, tasks: column.tasks.filter((task) => matches(task, filters)) }));
}

/** All labels of the board, in order of the alphabet. */
export function labelsOf(tasks: readonly Task[]): string[] {
  return [...new Set(tasks.flatMap(({ labels }) => labels))].sort((a, b) => a.localeCompare(b));
}
