import type { Catalogue } from './catalogue.js';
import { blueprintHash } from './hashes.js';

/** `prompts.lock.json`: hash of every published version, by `id@version`. Old versions stay, so that no number is used twice. */
export interface Lock {
  blueprints: Record<string, string>;
  partials: Record<string, string>;
  templates: Record<string, string>;
}

const KINDS = ['blueprints', 'partials', 'templates'] as const;

/** The versions a catalogue has now. */
export function lockOf({ blueprints, partials, templates }: Catalogue): Lock {
  const entries = <T extends { id: string; version: number }>(
    items: ReadonlyMap<string, T>,
    hash: (item: T) => string,
  ) => Object.fromEntries([...items.values()].map((item) => [`${item.id}@${item.version}`, hash(item)]));
  return {
    blueprints: entries(blueprints, blueprintHash),
    partials: entries(partials, ({ hash }) => hash),
    templates: entries(templates, ({ hash }) => hash),
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
