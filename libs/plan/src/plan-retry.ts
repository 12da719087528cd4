import type { Blueprint, VersionStatus } from '@planwright/contracts';

/** A document as an ended run left it. */
export interface EndedDocument {
  readonly kind: string;
  readonly versionId: string;
  readonly blueprint: Blueprint;
  readonly status: VersionStatus;
  /** Sections of its version that have a text, carried ones included. */
  readonly completed: readonly string[];
}

/** A document that the retry writes as a new version; both lists in the blueprint's order of writing. */
export interface RetriedDocument {
  readonly kind: string;
  readonly blueprint: Blueprint;
  /** Finished sections, taken over by reference. */
  readonly carried: readonly string[];
  readonly write: readonly string[];
}

export type RetryPlan =
  | {
      readonly ok: true;
      /** In chain order, as given. */
      readonly documents: readonly RetriedDocument[];
      /** What the ended run finished and this one only reads: version ids by document kind. */
      readonly pinned: Readonly<Record<string, string>>;
    }
  | { readonly ok: false; readonly code: 'nothing_to_retry' };

/**
 * What a retry of an ended run writes, given the run's documents in chain order. Documents that are `ready` stay; all
 * others, those not reached included, get a new version that keeps what is finished and writes the rest, so the chain
 * goes on where it stopped. What the ended run itself had pinned is not in here: the new run pins it again.
 */
export function planRetry(documents: readonly EndedDocument[]): RetryPlan {
  const pinned: Record<string, string> = {};
  const retried: RetriedDocument[] = [];
  for (const { kind, versionId, blueprint, status, completed } of documents) {
    if (status === 'ready') {
      pinned[kind] = versionId;
      continue;
    }
    const ids = blueprint.stages.flatMap(({ sections }) => sections);
    const carried = ids.filter((id) => completed.includes(id));
    retried.push({ kind, blueprint, carried, write: ids.filter((id) => !completed.includes(id)) });
  }
  return retried.length === 0 ? { ok: false, code: 'nothing_to_retry' } : { ok: true, documents: retried, pinned };
}
