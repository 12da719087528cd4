import type { Schemas } from '@planwright/client';

type Blueprint = Schemas['Blueprint'];

/** What documents and sections are called on the page. */
export interface Names {
  /** `PRD`, `Tech spec`, `Tasks`, or the title of a team's own kind. */
  document: (kind: string) => string;
  /** Where there is little room: `Tech` for `Tech spec`. */
  short: (kind: string) => string;
  section: (id: string) => string;
  /** It is a kind of document, not a section. */
  isDocument: (id: string) => boolean;
}

const DOCUMENTS = new Map([
  ['prd', 'PRD'],
  ['tech_spec', 'Tech spec'],
  ['task_set', 'Tasks'],
]);
const SHORT = new Map([['tech_spec', 'Tech']]);

/** Names of all kinds a server knows; what it does not know is called by its id, made readable. */
export function namesFrom(blueprints: readonly Blueprint[]): Names {
  const sections = new Map(blueprints.flatMap(({ sections: all }) => all.map(({ id, title }) => [id, title] as const)));
  const document = (kind: string): string =>
    DOCUMENTS.get(kind) ?? blueprints.find((one) => one.document === kind)?.title ?? readable(kind);
  return {
    document,
    short: (kind) => SHORT.get(kind) ?? document(kind),
    section: (id) => sections.get(id) ?? readable(id),
    isDocument: (id) => DOCUMENTS.has(id) || blueprints.some((one) => one.document === id),
  };
}

/** Kinds of plans that are made from this one, directly or through others; each after what it is made from. */
export function madeFrom(kind: string, blueprints: readonly Blueprint[]): string[] {
  const found = new Set<string>();
  const usersOf = (used: string) => blueprints.filter(({ in_plans, requires }) => in_plans && requires.includes(used));
  const visit = (used: string, path: readonly string[]): void => {
    for (const { document } of usersOf(used)) {
      if (path.includes(document)) continue;
      // Moved to the end: it comes after this one too.
      found.delete(document);
      found.add(document);
      visit(document, [...path, document]);
    }
  };
  visit(kind, [kind]);
  return [...found];
}

function readable(id: string): string {
  const words = id.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `A`, `A and B`, `A, B and C` */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
