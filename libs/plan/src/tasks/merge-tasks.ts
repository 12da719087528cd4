import type { TaskDraft, TaskFields } from '@planwright/contracts';
import { editedFields } from './board-card.js';
import type { BoardCard } from './board-card.js';
import { matchTasks } from './match-tasks.js';
import { mergeCard, withoutMatch } from './merge-card.js';
import { mergeDependencies } from './merge-dependencies.js';
import type { DroppedDependency, Target } from './merge-dependencies.js';

/** A task set that meets a board. */
export interface TaskSetMerge {
  /** All cards of the project, those off the board, of people and of other task sets included: their dependencies count. */
  cards: readonly BoardCard[];
  drafts: readonly TaskDraft[];
  /** The feature whose tasks these are; null for the project's own. Only its cards take part. */
  featureId: string | null;
  /** Ids for new cards, one for each draft; those of drafts that are about a card already are not used. */
  ids: readonly string[];
}

/** A card the board did not have. */
interface NewCard {
  id: string;
  fields: TaskFields;
}

/** A card that is not as it was. */
export interface ChangedCard {
  before: BoardCard;
  after: BoardCard;
}

export interface MergedTasks {
  /** In the order of the drafts. */
  created: NewCard[];
  /** Those of drafts in their order, then those without one in the order of `cards`. */
  changed: ChangedCard[];
  dropped: DroppedDependency[];
}

/**
 * What a task set does to a board, field by field against what was generated last. Cards of people, of other task sets,
 * in columns of category `started` or `done`, and those that a person deleted stay exactly as they are. A draft whose card
 * is retired brings it back. The same task set again changes nothing.
 */
export function mergeTasks({ cards, drafts, featureId, ids }: TaskSetMerge): MergedTasks {
  const own = cards.filter((card) => card.origin === 'ai' && card.featureId === featureId);
  const matched = matchTasks(own, drafts);
  const targets = drafts.map((draft, i): Target => {
    const card = matched.get(i) ?? null;
    const id = card?.id ?? ids[i];
    if (id === undefined) throw new Error(`there is no id for task ${draft.ref}`);
    return { draft, id, card, open: card === null || isOpen(card) };
  });
  const { dependencies, dropped } = mergeDependencies(cards, targets);
  const created: NewCard[] = [];
  const changed: ChangedCard[] = [];
  const note = (before: BoardCard, after: BoardCard) => {
    if (after !== before) changed.push({ before, after });
  };
  targets.forEach(({ draft: { ref: _, ...draft }, id, card, open }, i) => {
    const fields: TaskFields = { ...draft, dependencies: dependencies[i] ?? [] };
    if (!card) created.push({ id, fields });
    else if (open) note(card, mergeCard(card, fields));
  });
  const met = new Set([...matched.values()].map(({ id }) => id));
  for (const card of own) {
    if (met.has(card.id) || card.place !== 'board' || !isOpen(card)) continue;
    note(card, withoutMatch(card, editedFields(card).length > 0));
  }
  return { created, changed, dropped };
}

/** True for a card the generator may still write to: nobody has begun with it, and nobody has deleted it. */
function isOpen({ place, category }: BoardCard): boolean {
  return place === 'retired' || (place === 'board' && category === 'todo');
}
