import type { Brief } from '../brief.js';
import type { Part } from '../fit.js';
import { singular } from '../english.js';
import { clip, upperFirst } from '../phrases.js';

/** Writes one kind of section: its parts, most important first. */
export type SectionWriter = (brief: Brief) => Part[];

export const first = (brief: Brief) => brief.users[0] ?? 'users';
export const second = (brief: Brief) => brief.users[1] ?? 'administrators';

const capability = (brief: Brief, i: number) => brief.capabilities[i % brief.capabilities.length];
/** What people do: stands after "to", "can" and "let them". */
export const deed = (brief: Brief, i: number) => capability(brief, i)?.deed ?? 'get started';
/** The same for headings, bold leads and table cells. */
export const title = (brief: Brief, i: number) => capability(brief, i)?.title ?? 'Get started';
/** Who does it. */
export const doer = (brief: Brief, i: number) => capability(brief, i)?.user ?? first(brief);

const thing = (brief: Brief, i: number) => brief.things[i % brief.things.length];
export const one = (brief: Brief, i: number) => thing(brief, i)?.one ?? 'request';
export const many = (brief: Brief, i: number) => thing(brief, i)?.many ?? 'requests';
/** The first so many things, in the plural. */
export const manyOf = (brief: Brief, count: number) => brief.things.slice(0, count).map(({ many: all }) => all);

/** Tables that every product has. */
const TAKEN = new Set(['accounts', 'history', 'outbox', 'events', 'export']);

/** A name for code and tables: the thing if it can be one, else a neutral word. */
export function codeName(brief: Brief, i: number): string {
  const word = many(brief, i).toLowerCase();
  return /^[a-z][a-z0-9]{2,20}$/.test(word) && !TAKEN.has(word)
    ? word
    : (['records', 'items', 'entries', 'notes'][i % 4] ?? 'records');
}

/** The same for a column that points to it. */
export const keyName = (brief: Brief, i: number) => `${singular(codeName(brief, i))}_id`;

export const sentence = (text: string) => `${upperFirst(text)}.`;
/** A constraint as a title: its first words. */
export const shortly = (constraint: string) => upperFirst(clip(constraint, 9, 64));

/** The author's conditions as a list of their own, where there are any. */
export function constraintPart(brief: Brief, heading: string): Part[] {
  if (brief.constraints.length === 0) return [];
  return [
    { heading, style: 'bullets', items: brief.constraints.map(sentence), least: Math.min(2, brief.constraints.length) },
  ];
}
