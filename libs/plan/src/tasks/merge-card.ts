import type { TaskFields } from '@planwright/contracts';
import { put, sameValue, suggestionOf, TASK_FIELDS } from './board-card.js';
import type { BoardCard } from './board-card.js';

/**
 * A card and what was generated anew for it, field by field against what was generated last: a field nobody touched
 * takes the new value; one that a person edited stays, and the new value is offered beside it, unless it was offered and
 * decided before. The same object where nothing changes.
 */
export function mergeCard(card: BoardCard, theirs: TaskFields): BoardCard {
  const { base } = card;
  if (base === null) throw new Error(`card ${card.id} was made by a person: there is nothing to merge with`);
  const fields = { ...card.fields };
  const newBase = { ...base };
  const offer: Partial<TaskFields> = {};
  for (const field of TASK_FIELDS) {
    if (sameValue(field, card.fields[field], base[field])) {
      // What means the same stays as it is spelt.
      if (sameValue(field, theirs[field], base[field])) continue;
      put(fields, field, theirs[field]);
      put(newBase, field, theirs[field]);
    } else if (sameValue(field, theirs[field], card.fields[field])) {
      put(newBase, field, theirs[field]);
    } else if (!sameValue(field, theirs[field], base[field])) {
      put(offer, field, theirs[field]);
    }
  }
  const merged: BoardCard = {
    ...card,
    ...{ place: 'board', kept: false, fields, base: newBase },
    suggestion: suggestionOf(false, offer),
  };
  return sameCard(card, merged) ? card : merged;
}

/** A card without a match: retired where nobody touched it, marked where a person edited it. */
export function withoutMatch(card: BoardCard, edited: boolean): BoardCard {
  if (card.kept) return card;
  if (!edited) return { ...card, place: 'retired', suggestion: null };
  const marked: BoardCard = { ...card, suggestion: { vanished: true, fields: {} } };
  return sameCard(card, marked) ? card : marked;
}

function sameCard(a: BoardCard, b: BoardCard): boolean {
  return (
    a.place === b.place &&
    a.kept === b.kept &&
    TASK_FIELDS.every((field) => sameValue(field, a.fields[field], b.fields[field])) &&
    TASK_FIELDS.every((field) => !a.base || !b.base || sameValue(field, a.base[field], b.base[field])) &&
    sameOffer(a.suggestion, b.suggestion)
  );
}

function sameOffer(a: BoardCard['suggestion'], b: BoardCard['suggestion']): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.vanished === b.vanished &&
    TASK_FIELDS.every((field) => {
      const [one, other] = [a.fields[field], b.fields[field]];
      return one === undefined || other === undefined ? one === other : sameValue(field, one, other);
    })
  );
}
