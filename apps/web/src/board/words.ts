import type { Schemas } from '@planwright/client';

export type Task = Schemas['Task'];
export type TaskType = Task['type'];
export type Priority = Task['priority'];

export const TYPES: Record<TaskType, string> = {
  feature: 'Feature',
  enabler: 'Enabler',
  bug: 'Bug',
  chore: 'Chore',
  spike: 'Spike',
};

/** The most pressing first. */
export const PRIORITIES: Record<Priority, string> = {
  urgent: 'Urgent',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
};

/** Who wrote a card first. */
export const ORIGINS: Record<Task['origin'], string> = { ai: 'AI', user: 'Person' };

/** Names of a card's fields, in the order of the editor. */
export const FIELD_NAMES = {
  title: 'Title',
  description: 'Description',
  acceptance_criteria: 'Acceptance criteria',
  status: 'Column',
  type: 'Type',
  priority: 'Priority',
  estimate: 'Estimate',
  labels: 'Labels',
  dependencies: 'Depends on',
  requirements: 'Requirements',
} as const;

export type DraftField = keyof typeof FIELD_NAMES;
export const DRAFT_FIELDS = Object.keys(FIELD_NAMES) as readonly DraftField[];

/** `Title, Estimate and Labels` */
export function namesOf(fields: readonly DraftField[]): string {
  const names = fields.map((field) => FIELD_NAMES[field]);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
