import { z } from 'zod';
import type { Catalogue, OwnItem } from './catalogue.js';
import { blueprintHash } from './hashes.js';
import { CatalogueError } from './problems.js';
import type { SourceProblem } from './problems.js';

const hashes = z.record(z.string(), z.string());
const lockSchema = z.strictObject({ blueprints: hashes, partials: hashes, templates: hashes });

/** `prompts.lock.json`: hash of every published version, by `id@version`. Old versions stay, so that no number is used twice. */
export type Lock = z.infer<typeof lockSchema>;

/** Reads a lock file; throws `CatalogueError`. */
export function readLock(text: string, file: string): Lock {
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch {
    const message = 'this is no lock file; delete it and have it written anew';
    throw new CatalogueError([{ file, line: 1, column: 1, message }]);
  }
}

const KINDS = ['blueprints', 'partials', 'templates'] as const;

/** The versions a catalogue has now: of all there is, or of these items. */
export function lockOf({ blueprints, partials, templates }: Catalogue, of?: readonly OwnItem[]): Lock {
  const entries = <T extends { id: string; version: number }>(
    kind: OwnItem['kind'],
    items: ReadonlyMap<string, T>,
    hash: (item: T) => string,
  ) =>
    Object.fromEntries(
      [...items.values()]
        .filter(({ id }) => of?.some((item) => item.kind === kind && item.id === id) ?? true)
        .map((item) => [`${item.id}@${item.version}`, hash(item)]),
    );
  return {
    blueprints: entries('blueprint', blueprints, blueprintHash),
    partials: entries('partial', partials, ({ hash }) => hash),
    templates: entries('template', templates, ({ hash }) => hash),
  };
}

/** What stands between the lock and the catalogue: versions whose bytes changed, and versions not locked yet. */
export function compareLock(lock: Lock, now: Lock): { changed: string[]; missing: string[] } {
  const pairs = KINDS.flatMap((kind) =>
    Object.entries(now[kind]).map(([key, hash]) => ({ key: `${kind}/${key}`, hash, locked: lock[kind][key] })),
  );
  return {
    changed: pairs.filter(({ hash, locked }) => locked !== undefined && locked !== hash).map(({ key }) => key),
    missing: pairs.filter(({ locked }) => locked === undefined).map(({ key }) => key),
  };
}

/** The lock with the new versions added, keys sorted. Throws when a locked version has changed: it needs a new number. */
export function extendLock(lock: Lock, now: Lock): Lock {
  const { changed } = compareLock(lock, now);
  if (changed.length > 0) throw new Error(`changed without a new version: ${changed.join(', ')}`);
  const sorted = (record: Record<string, string>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    blueprints: sorted({ ...lock.blueprints, ...now.blueprints }),
    partials: sorted({ ...lock.partials, ...now.partials }),
    templates: sorted({ ...lock.templates, ...now.templates }),
  };
}

/** Versions that have changed since they were locked, as problems of the lock file. */
export function checkLock(lock: Lock, now: Lock, file: string): SourceProblem[] {
  return compareLock(lock, now).changed.map((version) => ({
    file,
    line: 1,
    column: 1,
    message: `${version} has changed since it was locked: raise its version, or put it back`,
  }));
}
