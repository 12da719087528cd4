import type { Schemas } from '@planwright/client';
import type { Names } from '../project/names.js';
import type { StartedRun } from './started-runs.js';

/** Something that used what was written anew: a section, or a document all of which did. */
export interface Offered {
  id: string;
  title: string;
  sections: readonly string[];
}

/**
 * What to offer once a run has ended, by documents as they are then. A document of which nothing is stale is left out: the
 * text came out the same, or it was written since. In the others what used a stale section is offered with it, as it will
 * be stale next.
 */
export function offerOf({ affected }: StartedRun, documents: readonly Schemas['Document'][], names: Names): Offered[] {
  return affected.flatMap(({ document: kind, sections }): Offered[] => {
    const all = documents.find((one) => one.kind === kind)?.active_version?.sections ?? [];
    if (!all.some(({ id, stale }) => stale && sections.includes(id))) return [];
    const there = all.filter(({ id }) => sections.includes(id));
    if (there.length === all.length && kind !== 'prd') {
      return [{ id: kind, title: names.document(kind), sections: there.map(({ id }) => id) }];
    }
    return there.map(({ id, title }) => ({
      id,
      title: kind === 'prd' ? title : `${names.document(kind)}: ${title}`,
      sections: [id],
    }));
  });
}

const SUBJECTS = {
  section: 'This section was',
  sections: 'These sections were',
  document: 'This document was',
  documents: 'These documents were',
};

/** The sentence that asks. */
export const question = (about: StartedRun['about'], offered: readonly Offered[]): string =>
  `${SUBJECTS[about]} used as context for: ${offered.map(({ title }) => title).join(', ')}. ` +
  'Would you like to regenerate those too?';
