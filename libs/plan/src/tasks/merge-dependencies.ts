import type { TaskDraft } from '@planwright/contracts';
import { sameValue } from './board-card.js';
import type { BoardCard } from './board-card.js';
import { dependencyPath } from './dependency-path.js';

/** A dependency that was generated and left out: it would have closed a circle with one that stays. */
export interface DroppedDependency {
  cardId: string;
  dependencyId: string;
}

/** A draft and the card it is about: one that is there, or the id of the one it will be. */
export interface Target {
  draft: TaskDraft;
  id: string;
  /** Null for a new card. */
  card: BoardCard | null;
  /** False where the card is left as it is. */
  open: boolean;
}

/**
 * What each draft's card depends on, as ids, in the order of the drafts. Drafts depend on each other without circles, but
 * their cards meet dependencies that stay: of people, of cards that are not merged, of other task sets. Those come first;
 * a generated one that would close a circle with them is left out and reported. So is one of an offer, which nobody could
 * accept.
 */
export function mergeDependencies(
  cards: readonly BoardCard[],
  targets: readonly Target[],
): { dependencies: string[][]; dropped: DroppedDependency[] } {
  const ids = new Map(targets.map(({ draft, id }) => [draft.ref, id]));
  const generated = targets.filter(({ open, card }) => open && !ownDependencies(card));
  const edges = new Map<string, string[]>(cards.map(({ id, fields }) => [id, [...fields.dependencies]]));
  for (const { id } of generated) edges.set(id, []);
  const dropped: DroppedDependency[] = [];
  const possible = ({ draft, id }: Target): string[] => {
    const wanted = [...new Set(draft.dependencies)].map((ref) => idOf(ids, ref));
    return wanted.filter((dependencyId) => {
      if (dependencyPath(edges, dependencyId, id) === null) return true;
      dropped.push({ cardId: id, dependencyId });
      return false;
    });
  };
  // Within one card the dependencies can't disturb each other: none of them leads away from it.
  for (const target of generated) edges.set(target.id, possible(target));
  const dependencies = targets.map((target) => {
    if (generated.includes(target)) return edges.get(target.id) ?? [];
    return target.open ? possible(target) : [];
  });
  return { dependencies, dropped };
}

/** True where a person has said what comes before this card. */
function ownDependencies(card: BoardCard | null): boolean {
  return card?.base != null && !sameValue('dependencies', card.fields.dependencies, card.base.dependencies);
}

function idOf(ids: ReadonlyMap<string, string>, ref: string): string {
  const id = ids.get(ref);
  if (id === undefined) throw new Error(`the task list has no task ${ref}`);
  return id;
}
