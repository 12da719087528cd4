import { planRetry } from '@planwright/plan';
import { newId } from '@planwright/runtime';
import type { NewRun, NewRunDocument } from './new-run.js';
import type { RetrySource } from './retry-source.js';

/** Who retries a run, and who writes now. */
export type Retrier = Pick<NewRun, 'workspaceId' | 'triggeredBy' | 'provider' | 'model'>;

/**
 * The run that retries another one: it is started with what that one was started with, keeps what it finished and writes
 * the rest, documents that were not reached included. Null where it has finished all it was to write.
 */
export function retryOf(source: RetrySource, retrier: Retrier): NewRun | null {
  const plan = planRetry(source.documents);
  if (!plan.ok) return null;
  const { projectId, kind, mode, featureId, inputSnapshot, templates } = source;
  return {
    id: newId(),
    ...retrier,
    ...{ projectId, kind, mode, featureId, inputSnapshot, templates },
    retryOf: source.id,
    pinnedVersions: { ...source.pinnedVersions, ...plan.pinned },
    documents: plan.documents.map(({ kind: document, blueprint, carried, write }): NewRunDocument => {
      const old = source.documents.find((each) => each.kind === document);
      if (!old) throw new Error(`run ${source.id} did not write ${document}`);
      return {
        kind: document,
        versionId: newId(),
        blueprint,
        steps: write.map((sectionId) => {
          return { id: newId(), sectionId, instructions: old.instructions[sectionId] ?? null };
        }),
        carried: carried.map((sectionId) => ({ sectionId, fromVersionId: old.versionId })),
        sourceVersionId: old.sourceVersionId,
        meta: old.meta,
      };
    }),
  };
}
