import type { TaskDraft } from '@planwright/contracts';
import { editedFields, sameValue, TASK_FIELDS } from './board-card.js';
import type { BoardCard } from './board-card.js';
import { mergeTasks } from './merge-tasks.js';

/** Cards by what a merge does to them; each is counted once. */
export interface TaskMergeCounts {
  /** New on the board, or brought back to it. */
  created: number;
  /** Given new text. */
  updated: number;
  /** Of which a person's text stays, and something is offered beside it; or marked, as the task set has no such card. */
  suggested: number;
  retired: number;
  /** On the board, and exactly as they were. */
  kept: number;
}

/**
 * What a merge would do, without doing it. Without `drafts`, before they are written, it is an upper bound for what is on
 * the board: every card a merge may write to counts as `updated`, or as `suggested` where a person has edited it.
 */
export function planTaskMerge({
  cards,
  drafts,
  featureId = null,
}: {
  cards: readonly BoardCard[];
  drafts: readonly TaskDraft[] | null;
  featureId?: string | null;
}): TaskMergeCounts {
  const onBoard = cards.filter(({ place }) => place === 'board');
  const counts = { created: 0, updated: 0, suggested: 0, retired: 0, kept: 0 };
  if (drafts === null) {
    const open = onBoard.filter(
      (card) => card.origin === 'ai' && card.featureId === featureId && card.category === 'todo',
    );
    const edited = open.filter((card) => editedFields(card).length > 0);
    const updated = open.length - edited.length;
    return { ...counts, updated, suggested: edited.length, kept: onBoard.length - open.length };
  }
  const { created, changed } = mergeTasks({ cards, drafts, featureId, ids: drafts.map(({ ref }) => `new ${ref}`) });
  counts.created = created.length;
  for (const { before, after } of changed) {
    if (before.place !== 'board') counts.created += 1;
    else if (after.place === 'retired') counts.retired += 1;
    else if (after.suggestion) counts.suggested += 1;
    else if (TASK_FIELDS.some((field) => !sameValue(field, before.fields[field], after.fields[field])))
      counts.updated += 1;
    // Only what later merges compare with has changed.
    else counts.kept += 1;
  }
  const touched = new Set(changed.map(({ before }) => before.id));
  counts.kept += onBoard.filter(({ id }) => !touched.has(id)).length;
  return counts;
}
