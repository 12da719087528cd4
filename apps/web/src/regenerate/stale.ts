import type { Schemas } from '@planwright/client';
import type { Names } from '../project/names.js';
import { listed } from '../project/names.js';

/** Stale sections by document, as readers call them. */
export const staleIn = (
  documents: readonly Schemas['Document'][],
  names: Names,
): { kind: string; title: string; sections: string[] }[] =>
  documents.flatMap(({ kind, active_version: active }) => {
    const sections = (active?.sections ?? []).filter(({ stale }) => stale).map(({ title }) => title);
    return sections.length === 0 ? [] : [{ kind, title: names.document(kind), sections }];
  });

/** `Parts of the PRD and Tech spec were made from texts that have changed since.` */
export const staleSentence = (documents: readonly string[]): string =>
  `Parts of the ${listed(documents)} were made from texts that have changed since.`;
