import { sentenceOf, type FeatureStatus, type StepProblem } from '@planwright/contracts';
import type { Effect } from './effects.js';
import type { DocumentState, Instant, RunState } from './state.js';

/** What a decision about its run means for a feature. */
export type FeatureChange =
  | { readonly type: 'feature_began'; readonly at: Instant }
  /** One of its documents is begun; `message` is for people. */
  | { readonly type: 'feature_progressed'; readonly message: string }
  /** A document has a text that readers may get. */
  | { readonly type: 'feature_spec_ended'; readonly documentId: string }
  /** All its task lists are stored: they become cards. Sections in the order of the document. */
  | { readonly type: 'feature_tasks_ended'; readonly versionId: string; readonly sections: readonly string[] }
  | { readonly type: 'feature_completed'; readonly at: Instant }
  /** `error` is a sentence for people. A feature that was cancelled has failed, and the sentence says so. */
  | { readonly type: 'feature_failed'; readonly at: Instant; readonly error: string };

/**
 * Legal transitions of a feature. Cancelled before its run began, it fails without having been processed. One that failed
 * is retried, one that is completed is written anew.
 */
export const FEATURE_TRANSITIONS: Readonly<Record<FeatureStatus, readonly FeatureStatus[]>> = {
  pending: ['processing', 'failed'],
  processing: ['completed', 'failed'],
  completed: ['pending'],
  failed: ['pending'],
};

const CANCELLED = 'The feature was cancelled. Retry it when you want it; what is finished is kept.';
const RETRY_ADVICE = 'Retry the feature; what is finished is kept.';

/** In the order of the effects. `state` is the run after them; a run of another kind changes no feature. */
export function featureChanges(state: RunState, effects: readonly Effect[]): readonly FeatureChange[] {
  if (state.kind !== 'feature') return [];
  return effects.flatMap((effect): FeatureChange[] => {
    switch (effect.type) {
      case 'run_began':
        return [{ type: 'feature_began', at: effect.at }];
      case 'document_began':
        return [{ type: 'feature_progressed', message: progressOf(documentOf(state, effect.documentId)) }];
      case 'document_ended':
        return endOf(documentOf(state, effect.documentId));
      case 'run_ended':
        if (effect.status === 'succeeded') return [{ type: 'feature_completed', at: effect.at }];
        return [{ type: 'feature_failed', at: effect.at, error: errorOf(effect.problem) }];
      default:
        return [];
    }
  });
}

function progressOf(document: DocumentState): string {
  return taskLists(document).length > 0 ? 'Creating tasks...' : 'Generating spec...';
}

/** Of a task list that is incomplete nothing becomes a card: the retry that completes it brings all of them, once. */
function endOf(document: DocumentState): FeatureChange[] {
  const { status, versionId, documentId } = document;
  const sections = taskLists(document);
  if (sections.length > 0) return status === 'ready' ? [{ type: 'feature_tasks_ended', versionId, sections }] : [];
  return status === 'ready' || status === 'partial' ? [{ type: 'feature_spec_ended', documentId }] : [];
}

function taskLists({ blueprint }: DocumentState): string[] {
  return blueprint.sections
    .filter(({ output }) => output === 'tasks')
    .toSorted((a, b) => a.order - b.order)
    .map(({ id }) => id);
}

/** A run without a problem that has not succeeded was cancelled. */
function errorOf(problem: StepProblem | null): string {
  if (!problem) return CANCELLED;
  return sentenceOf(problem.retryable ? { ...problem, advice: RETRY_ADVICE } : problem);
}

function documentOf(state: RunState, documentId: string): DocumentState {
  const document = state.documents.find((candidate) => candidate.documentId === documentId);
  if (!document) throw new Error(`run ${state.runId} has no document ${documentId}`);
  return document;
}
