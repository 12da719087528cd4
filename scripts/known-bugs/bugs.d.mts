interface Change {
  file: string;
  /** Occurs in the file once. */
  find: string;
  replace: string;
}

/** A known way to get something wrong, as one or two changes to the sources. */
export interface KnownBug extends Change {
  name: string;
  what: string;
  also?: Change;
  /** Jest's project, and the pattern of the test files that have to notice. */
  tests: [string, string];
}

export const BUGS: readonly KnownBug[];
export function withBug(bug: KnownBug, file: string, text: string): string;
