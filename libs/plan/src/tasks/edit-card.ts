import type { TaskField, TaskFields } from '@planwright/contracts';
import { put, sameValue, suggestionOf, TASK_FIELDS } from './board-card.js';
import type { BoardCard } from './board-card.js';

/**
 * The card with a person's changes. A field that equals what is offered for it counts as accepted, and leaves the offer.
 * The same object where nothing changes.
 */
export function editCard(card: BoardCard, changes: Partial<TaskFields>): BoardCard {
  const changed = TASK_FIELDS.filter((field) => {
    const value = changes[field];
    return value !== undefined && !sameValue(field, value, card.fields[field]);
  });
  if (changed.length === 0) return card;
  const fields = { ...card.fields };
  for (const field of changed) put(fields, field, changes[field]);
  const agreed = changed.filter((field) => {
    const offered = card.suggestion?.fields[field];
    return offered !== undefined && sameValue(field, offered, fields[field]);
  });
  return decided({ ...card, fields }, agreed);
}

/** What a person decides about an offer. */
export interface Decision {
  action: 'accept' | 'dismiss';
  /** Only these; undefined for the whole offer. */
  fields?: readonly TaskField[] | undefined;
}

export type DecidedCard = { ok: true; card: BoardCard } | { ok: false; notOffered: readonly TaskField[] };

/**
 * The card after a person's decision. What was offered becomes what the next merge compares with, taken or not: the same
 * offer does not come back. The whole offer includes that the card has vanished: accepting that retires it, dismissing it
 * keeps it for good. Not ok where nothing is offered for a field that is named, or nothing at all.
 */
export function decideCard(card: BoardCard, { action, fields }: Decision): DecidedCard {
  const { suggestion } = card;
  const offered = TASK_FIELDS.filter((field) => suggestion?.fields[field] !== undefined);
  const chosen = fields ?? offered;
  const notOffered = chosen.filter((field) => !offered.includes(field));
  if (!suggestion || notOffered.length > 0) return { ok: false, notOffered };
  const taken = { ...card.fields };
  if (action === 'accept') for (const field of chosen) put(taken, field, suggestion.fields[field]);
  const after = decided({ ...card, fields: taken }, chosen);
  if (fields !== undefined || !suggestion.vanished) return { ok: true, card: after };
  const gone = { ...after, suggestion: null };
  return { ok: true, card: action === 'accept' ? { ...gone, place: 'retired' } : { ...gone, kept: true } };
}

/** Brings a card back to the board. What a person brings back is wanted, whatever the newest task set says. */
export function restoreCard(card: BoardCard): BoardCard {
  return card.place === 'board' ? card : { ...card, place: 'board', kept: card.origin === 'ai' };
}

/** Offers for these fields are settled: they become the base, and leave the suggestion. */
function decided(card: BoardCard, settled: readonly TaskField[]): BoardCard {
  const { base, suggestion } = card;
  if (settled.length === 0 || base === null || suggestion === null) return card;
  const left = { ...suggestion.fields };
  const newBase = { ...base };
  for (const field of settled) {
    put(newBase, field, suggestion.fields[field]);
    delete left[field];
  }
  return { ...card, base: newBase, suggestion: suggestionOf(suggestion.vanished, left) };
}
