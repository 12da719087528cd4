import type { Body } from '@planwright/client';
import type { DraftField, Task } from './words.js';
import { DRAFT_FIELDS } from './words.js';

/** What the editor of a card changes. */
export type Draft = Pick<Task, DraftField>;

/** Two people gave a field different values. */
export interface Conflict {
  field: DraftField;
  mine: Draft;
  theirs: Draft;
  choice: 'mine' | 'theirs' | null;
}

export function draftOf(card: Draft): Draft {
  const { title, description, acceptance_criteria, status, type } = card;
  const { priority, estimate, labels, dependencies, requirements } = card;
  return {
    ...{ title, description, acceptance_criteria, status, type },
    ...{ priority, estimate, labels, dependencies, requirements },
  };
}

/** A new card of a column, with nothing said about it. */
export function emptyDraft(status: string, requirements: string[] = []): Draft {
  return {
    ...{ title: '', description: '', acceptance_criteria: [], status, type: 'feature', priority: 'medium' },
    ...{ estimate: null, labels: [], dependencies: [], requirements },
  };
}

/** Without blank space at the ends, and without criteria that say nothing. */
export function tidy(draft: Draft): Draft {
  const criteria = draft.acceptance_criteria.map((text) => text.trim()).filter(Boolean);
  return { ...draft, title: draft.title.trim(), acceptance_criteria: criteria };
}

/** Fields in which two texts of a card differ. The order of labels, dependencies and requirements is no difference. */
export function differences(one: Draft, other: Draft): DraftField[] {
  return DRAFT_FIELDS.filter((field) => valueKey(one, field) !== valueKey(other, field));
}

function valueKey(draft: Draft, field: DraftField): string {
  const value = draft[field];
  const isSet = field === 'labels' || field === 'dependencies' || field === 'requirements';
  return JSON.stringify(isSet ? [...(value as string[])].sort() : value);
}

/** What is sent to make `base` say what `draft` says; the column is a move, and not among it. */
export function changesOf(draft: Draft, base: Draft): Body<'updateTask'> {
  const fields = differences(tidy(draft), base).filter((field) => field !== 'status');
  return Object.fromEntries(fields.map((field) => [field, tidy(draft)[field]]));
}

/** Another draft with one field of `from`. */
export function withField(draft: Draft, field: DraftField, from: Draft): Draft {
  return { ...draft, [field]: from[field] };
}

/**
 * A draft of `base`, put onto the card as it is now: fields nobody typed into take what they hold now, and where both sides
 * changed one differently both are kept to choose from.
 */
export function rebase(base: Draft, draft: Draft, current: Draft): { draft: Draft; conflicts: Conflict[] } {
  const mine = tidy(draft);
  const touched = differences(mine, base);
  const theirs = differences(current, base);
  const between = differences(mine, current);
  let next = draftOf(current);
  for (const field of touched) next = withField(next, field, mine);
  const conflicts = touched
    .filter((field) => theirs.includes(field) && between.includes(field))
    .map((field): Conflict => ({ field, mine, theirs: draftOf(current), choice: null }));
  return { draft: next, conflicts };
}

/** One conflict decided: the draft holds what was chosen, and the other side can still be taken. */
export function decided(
  { draft, conflicts }: { draft: Draft; conflicts: readonly Conflict[] },
  field: DraftField,
  choice: 'mine' | 'theirs',
): { draft: Draft; conflicts: Conflict[] } {
  const conflict = conflicts.find((one) => one.field === field);
  return {
    draft: conflict ? withField(draft, field, conflict[choice]) : draft,
    conflicts: conflicts.map((one) => (one.field === field ? { ...one, choice } : one)),
  };
}
