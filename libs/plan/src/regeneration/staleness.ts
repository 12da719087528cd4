/** Hashes of what a text was made from, by input; null where there was none then. A section's name is `sections.<id>`. */
export type MadeFrom = Readonly<Record<string, string | null>>;

/** A section of a version, as far as staleness goes. */
export interface SectionLineage {
  readonly id: string;
  /** Hash of its text; null where it has none. */
  readonly sha256: string | null;
  /** Null where it has no text, or where nobody noted it: an imported text is made from nothing we know. */
  readonly madeFrom: MadeFrom | null;
}

/** What would go into a text today, by input: the project's texts, and each document's active version as one hash. */
export type Present = Readonly<Record<string, string | null>>;

/** Begins the name of an input that is a section of the same version. */
const SECTION = 'sections.';

/** The name of the input that a section of the same document is. */
export const sectionInput = (id: string): string => `${SECTION}${id}`;

/**
 * Sections of a version whose text was made from something that is different today, with the inputs that differ. Exact,
 * by content: a text that was written anew and came out the same makes nothing stale, and what uses a stale text is not
 * stale before that text has changed. Inputs that `present` does not name (a person's wishes) make nothing stale.
 */
export function staleSections(sections: readonly SectionLineage[], present: Present): Map<string, string[]> {
  const texts = new Map(sections.map(({ id, sha256 }) => [sectionInput(id), sha256]));
  const today = (input: string): string | null | undefined =>
    input.startsWith(SECTION) ? texts.get(input) : Object.hasOwn(present, input) ? present[input] : undefined;
  return new Map(
    sections.flatMap(({ id, sha256, madeFrom }): [string, string[]][] => {
      if (sha256 === null || madeFrom === null) return [];
      const changed = Object.entries(madeFrom).flatMap(([input, then]) => {
        const now = today(input);
        return now === undefined || now === then ? [] : [input];
      });
      return changed.length > 0 ? [[id, changed]] : [];
    }),
  );
}

/**
 * Sections whose last text used one of these, directly or through others, in the order given; those themselves are not in
 * it. Before a run this is the most that can become stale; afterwards staleness says what did.
 */
export function affectedBy(sections: readonly SectionLineage[], changed: readonly string[]): string[] {
  return reachedFrom(sections, changed, (hash) => hash !== null);
}

/** As `affectedBy`, with sections that would have used one of these, had it been there. */
export function outdatedBy(sections: readonly SectionLineage[], changed: readonly string[]): string[] {
  return reachedFrom(sections, changed, () => true);
}

function reachedFrom(
  sections: readonly SectionLineage[],
  changed: readonly string[],
  counts: (hash: string | null) => boolean,
): string[] {
  const reached = new Set(changed);
  for (let before = -1; before !== reached.size;) {
    before = reached.size;
    for (const { id, madeFrom } of sections) {
      const uses = Object.entries(madeFrom ?? {}).some(
        ([input, hash]) => counts(hash) && input.startsWith(SECTION) && reached.has(input.slice(SECTION.length)),
      );
      if (uses) reached.add(id);
    }
  }
  return sections.map(({ id }) => id).filter((id) => reached.has(id) && !changed.includes(id));
}
