import type { Blueprint } from '@planwright/contracts';

/** A required document that neither the run writes nor the project has. */
export interface MissingPrerequisite {
  readonly document: string;
  readonly requires: string;
}

export type Chain =
  | {
      readonly ok: true;
      /** The blueprints of the run in the order of writing. */
      readonly documents: readonly Blueprint[];
      /** Active versions the run reads, pinned at its creation: version ids by document kind. */
      readonly pinned: Readonly<Record<string, string>>;
    }
  | { readonly ok: false; readonly code: 'prerequisite_missing'; readonly missing: readonly MissingPrerequisite[] };

/**
 * Orders the requested documents so that each comes after what it is made from, and finds what it reads: the version its
 * own run writes where the run writes one, else the project's active version. Otherwise order is as requested.
 * Throws on blueprints that require each other in a circle.
 */
export function planChain(requested: readonly Blueprint[], active: Readonly<Record<string, string | null>>): Chain {
  const kinds = new Set(requested.map(({ document }) => document));
  const outside = requested.flatMap(({ document, requires }) =>
    requires.filter((kind) => !kinds.has(kind)).map((kind) => ({ document, requires: kind, versionId: active[kind] })),
  );
  const missing = outside.filter(({ versionId }) => !versionId);
  if (missing.length > 0) {
    const named = missing.map(({ document, requires }) => ({ document, requires }));
    return { ok: false, code: 'prerequisite_missing', missing: named };
  }
  const pinned: Record<string, string> = {};
  for (const { requires, versionId } of outside) if (versionId) pinned[requires] = versionId;
  return { ok: true, documents: inOrder(requested), pinned };
}

function inOrder(requested: readonly Blueprint[]): Blueprint[] {
  const ordered: Blueprint[] = [];
  const waiting = [...requested];
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ requires }) => !waiting.some(({ document }) => requires.includes(document)));
    const [next] = at < 0 ? [] : waiting.splice(at, 1);
    if (!next) throw new Error(`documents require each other: ${waiting.map(({ document }) => document).join(', ')}`);
    ordered.push(next);
  }
  return ordered;
}
