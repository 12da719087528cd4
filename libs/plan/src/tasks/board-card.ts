import { taskField } from '@planwright/contracts';
import type { ColumnCategory, TaskField, TaskFields, TaskSuggestion } from '@planwright/contracts';

/** Every field a generator writes and a person may edit. */
export const TASK_FIELDS: readonly TaskField[] = taskField.options;

/** A card as far as editing and merging go. Where it stands in its column is not their business. */
export interface BoardCard {
  id: string;
  /** The number in its key. */
  number: number;
  origin: 'ai' | 'user';
  /** The feature whose task set it comes from; null for the project's own. */
  featureId: string | null;
  /** `retired`: left out of a newer task set; `deleted`: by a person. Both can be brought back. */
  place: 'board' | 'retired' | 'deleted';
  /** Of its column; null where the board has no such column. */
  category: ColumnCategory | null;
  fields: TaskFields;
  /** What was last generated, or last offered and decided; null for a card a person made. */
  base: TaskFields | null;
  suggestion: TaskSuggestion | null;
  /** A person wants it on the board although the newest task set has no such card. */
  kept: boolean;
}

/** Fields that differ from what was generated: a person's, which no merge writes. */
export function editedFields({ fields, base }: Pick<BoardCard, 'fields' | 'base'>): TaskField[] {
  return base === null ? [] : TASK_FIELDS.filter((field) => !sameValue(field, fields[field], base[field]));
}

/** True for two values that mean the same. Dependencies are a set; other lists have an order. */
export function sameValue<F extends TaskField>(field: F, a: TaskFields[F], b: TaskFields[F]): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  if (a.length !== b.length) return false;
  return field === 'dependencies' ? a.every((id) => b.includes(id)) : a.every((value, i) => value === b[i]);
}

/** An offer with these fields; null where nothing is left of it. */
export function suggestionOf(vanished: boolean, fields: Partial<TaskFields>): TaskSuggestion | null {
  return vanished || Object.keys(fields).length > 0 ? { vanished, fields } : null;
}

/** Sets one field; TypeScript loses the tie between a field and its value in a loop. */
export function put<F extends TaskField>(to: Partial<TaskFields>, field: F, value: TaskFields[F] | undefined): void {
  if (value !== undefined) to[field] = value;
}
