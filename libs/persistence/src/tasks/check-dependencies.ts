import { closedCircle } from '@planwright/plan';
import type { BoardRefusal } from './board-answer.js';
import type { StoredCard } from './stored-card.js';

/**
 * Why a card can't depend on these; null where it can. What it depends on already may stay, even if it has left the board
 * since. Circles are looked for among all cards: one that is restored closes none.
 */
export function refuseDependencies(
  cards: readonly StoredCard[],
  card: { id: string; dependencies: readonly string[] },
  wanted: readonly string[],
): BoardRefusal | null {
  const byId = new Map(cards.map((one) => [one.id, one]));
  const unknown = wanted.flatMap((id, index) => {
    const other = byId.get(id);
    if (other?.place === 'board' || card.dependencies.includes(id)) return [];
    return [{ index, id, key: other ? keyOf(other) : null }];
  });
  if (unknown.length > 0) return { kind: 'unknown_dependency', unknown };
  const edges = new Map(cards.map(({ id, fields }) => [id, fields.dependencies]));
  const path = closedCircle(edges, card.id, wanted);
  if (!path) return null;
  const keys = path.map((id) => keyOf(byId.get(id)));
  return { kind: 'circle', path: keys, index: wanted.indexOf(path[1] ?? '') };
}

function keyOf(card: StoredCard | undefined): string {
  if (!card) throw new Error('a card depends on one that is not there');
  return `T-${card.number}`;
}
