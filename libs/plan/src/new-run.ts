import type { Blueprint } from '@planwright/contracts';
import type { DocumentState, QueuedStep, RunState } from './state.js';

/** A document a new run writes. */
export interface NewDocument {
  readonly documentId: string;
  readonly versionId: string;
  readonly blueprint: Blueprint;
  /** Sections taken over by reference; they count as completed. Default: none. */
  readonly carried?: readonly string[];
  /** Sections to write. Default: all that are not carried. */
  readonly write?: readonly string[];
}

/**
 * A run as it opens: everything `queued`, one step per section to write, in the order of writing. Ids are the caller's;
 * `newStepId` is called once per step. Throws where the request makes no sense (a bug of the caller): no document, a
 * document kind twice, an unknown section, a section both carried and written.
 */
export function newRunState(run: {
  readonly runId: string;
  readonly kind: string;
  /** In chain order. */
  readonly documents: readonly NewDocument[];
  readonly newStepId: () => string;
  /** True where another run has to end first. Default: false. */
  readonly waiting?: boolean;
  /** True where the run's provider caches how prompts begin. Default: false. */
  readonly cachesPrefix?: boolean;
}): RunState {
  if (run.documents.length === 0) throw new Error(`run ${run.runId} has no document`);
  const kinds = run.documents.map(({ blueprint }) => blueprint.document);
  if (new Set(kinds).size !== kinds.length)
    throw new Error(`run ${run.runId} has a document twice: ${kinds.join(', ')}`);
  return {
    runId: run.runId,
    kind: run.kind,
    status: 'queued',
    waiting: run.waiting ?? false,
    cachesPrefix: run.cachesPrefix ?? false,
    cancelRequested: false,
    problem: null,
    documents: run.documents.map((document) => newDocumentState(document, run.newStepId)),
  };
}

function newDocumentState(document: NewDocument, newStepId: () => string): DocumentState {
  const { documentId, versionId, blueprint, carried = [] } = document;
  const sectionIds = blueprint.sections.map(({ id }) => id);
  const write = document.write ?? sectionIds.filter((id) => !carried.includes(id));
  for (const id of [...carried, ...write]) {
    if (!sectionIds.includes(id)) throw new Error(`blueprint ${blueprint.id} has no section ${id}`);
  }
  for (const id of write) {
    if (carried.includes(id)) throw new Error(`section ${id} is both carried over and to be written`);
  }
  const steps = blueprint.stages.flatMap((stage) =>
    stage.sections.filter((id) => write.includes(id)).map((id) => newStep(newStepId(), id, stage.number)),
  );
  return {
    kind: blueprint.document,
    documentId,
    versionId,
    status: 'queued',
    blueprint,
    currentStage: null,
    steps,
    carried: [...carried],
  };
}

function newStep(stepId: string, sectionId: string, stage: number): QueuedStep {
  const unused = { attempt: 0, tries: 0, rateLimits: 0, spentMs: 0, losses: 0, repair: null };
  return { stepId, sectionId, stage, status: 'queued', ...unused };
}
