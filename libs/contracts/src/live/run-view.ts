import type { RunResource, StepResource } from '../rest/runs.js';
import type { VersionResource } from '../rest/documents.js';
import type { RunStatus, SectionStatus } from '../statuses.js';
import type { RunEndBody, RunEventBody } from './events.js';

type Problem = RunEndBody['problem'];

/** One section as a follower of a run sees it. */
export interface SectionView {
  readonly documentId: string;
  /** Kind of the document: `prd`, `tech_spec`, … */
  readonly document: string;
  readonly sectionId: string;
  /** Known once the section is complete, or from a stored version. */
  readonly title: string | null;
  /** As stored, and `delayed` while its step waits for `nextAttemptAt` (the stored section is `pending` then). */
  readonly status: SectionStatus | 'delayed';
  /** Newest attempt seen; 0 before the first. Text of older attempts is never shown again. */
  readonly attempt: number;
  /** Text so far, or the text that failure or cancel cut off. Empty once the section is complete. */
  readonly draft: string;
  /** The stored text. Null until it is complete, and for a complete section of a snapshot without its version. */
  readonly content: string | null;
  /** What the text must be. `checkable` is false where its length already says that it is not the stored text. */
  readonly proof: { readonly length: number; readonly sha256: string; readonly checkable: boolean } | null;
  readonly error: string | null;
  readonly problem: Problem;
  readonly nextAttemptAt: string | null;
  /** Why it waits. */
  readonly reason: string | null;
  /** Place in line, from 1. */
  readonly position: number | null;
}

/** One document of the run. */
export interface DocumentView {
  readonly kind: string;
  readonly documentId: string;
  /** Known once the document ended, or from a snapshot. */
  readonly versionId: string | null;
  readonly status: RunResource['documents'][number]['status'];
  /** Newest stage that began. */
  readonly stage: number | null;
  readonly sectionsCompleted: number;
  readonly sectionsTotal: number;
  readonly etaSeconds: number | null;
}

/** How the run ended. A closed connection is not an end: only this is. */
export interface RunEnd {
  readonly type: RunEndBody['type'];
  readonly prdId: string | null;
  readonly error: string | null;
  readonly problem: Problem;
}

/** A run as its events tell it. Every value is immutable: what did not change is the same object as before. */
export interface RunView {
  readonly runId: string | null;
  /** Where to go on listening: subscribe with `{epoch, after: seq}`. Null and 0 before the first event. */
  readonly epoch: string | null;
  readonly seq: number;
  readonly status: RunStatus;
  /** Id of the document being written, or of the last one. */
  readonly currentDocumentId: string | null;
  /** By document id. */
  readonly documents: Readonly<Record<string, DocumentView>>;
  /** By `sectionKey`. Sections nobody has spoken of yet are absent. */
  readonly sections: Readonly<Record<string, SectionView>>;
  readonly ended: RunEnd | null;
}

/** Key of a section in a view. */
export const sectionKey = (documentId: string, sectionId: string): string => `${documentId}/${sectionId}`;

/** The view of a follower that knows nothing yet and listens from the first event. */
export function emptyRunView(): RunView {
  const nothing = { runId: null, epoch: null, seq: 0, currentDocumentId: null, ended: null };
  return { ...nothing, status: 'queued', documents: {}, sections: {} };
}

/** A section of which nothing is known but its place. */
export function newSection(
  place: Pick<Extract<RunEventBody, { type: 'section_started' }>, 'document' | 'document_id' | 'section_id'>,
): SectionView {
  return {
    documentId: place.document_id,
    document: place.document,
    sectionId: place.section_id,
    title: null,
    status: 'pending',
    attempt: 0,
    draft: '',
    content: null,
    proof: null,
    error: null,
    problem: null,
    nextAttemptAt: null,
    reason: null,
    position: null,
  };
}

/** What a snapshot needs of a stored version to show the text of sections that are complete already. */
export type StoredVersion = Pick<VersionResource, 'document_id' | 'sections'>;

/**
 * The view of `GET /v1/runs/{id}`: go on from it with the events after `stream`. It holds the text so far of sections
 * being written. The text of complete ones is in their versions; without those their `content` stays null.
 */
export function viewOfSnapshot(run: RunResource, versions: readonly StoredVersion[] = []): RunView {
  const current = run.documents.findLast((document) => document.status !== 'queued') ?? run.documents[0];
  const documents: Record<string, DocumentView> = {};
  for (const document of run.documents) {
    const isCurrent = document === current;
    documents[document.id] = {
      kind: document.kind,
      documentId: document.id,
      versionId: document.version_id,
      status: document.status,
      stage: isCurrent ? run.current_stage : null,
      sectionsCompleted: document.sections_completed,
      sectionsTotal: document.sections_total,
      etaSeconds: isCurrent ? run.eta_seconds : null,
    };
  }
  const sections: Record<string, SectionView> = {};
  for (const step of run.steps) {
    const documentId = run.documents.find((document) => document.kind === step.document)?.id;
    if (documentId === undefined) continue;
    const writing = run.writing.find((text) => text.document_id === documentId && text.section_id === step.section_id);
    const stored = versions
      .find((version) => version.document_id === documentId)
      ?.sections.find((section) => section.id === step.section_id);
    sections[sectionKey(documentId, step.section_id)] = ofStep(documentId, step, writing, stored);
  }
  return {
    runId: run.id,
    epoch: run.stream.epoch,
    seq: run.stream.seq,
    status: run.status,
    currentDocumentId: current?.id ?? null,
    documents,
    sections,
    ended: endOf(run),
  };
}

type StoredSection = StoredVersion['sections'][number];

function ofStep(
  documentId: string,
  step: StepResource,
  writing: RunResource['writing'][number] | undefined,
  stored: StoredSection | undefined,
): SectionView {
  const fresh = newSection({ document: step.document, document_id: documentId, section_id: step.section_id });
  const base = {
    ...fresh,
    title: stored?.title ?? null,
    status: STATUS_OF_STEP[step.status],
    attempt: step.attempt,
    error: step.error,
    problem: step.problem,
  };
  switch (step.status) {
    case 'succeeded': {
      const content = stored?.content ?? null;
      const sha256 = stored?.sha256 ?? null;
      const proof = content === null || sha256 === null ? null : { length: content.length, sha256, checkable: true };
      return { ...base, content, proof };
    }
    case 'failed':
    case 'cancelled':
      return { ...base, draft: stored?.draft ?? '' };
    default: {
      // The log may not have heard of the newest attempt yet; text of an older one is not shown.
      if (writing && writing.attempt >= step.attempt) {
        return { ...base, status: 'generating', attempt: writing.attempt, draft: writing.content };
      }
      if (step.status !== 'delayed') return base;
      return { ...base, nextAttemptAt: step.next_attempt_at, reason: step.reason, position: step.position };
    }
  }
}

const STATUS_OF_STEP: Readonly<Record<StepResource['status'], SectionView['status']>> = {
  queued: 'pending',
  running: 'generating',
  delayed: 'delayed',
  succeeded: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};

function endOf(run: RunResource): RunEnd | null {
  if (run.status === 'queued' || run.status === 'running') return null;
  const prdId = run.documents.find((document) => document.kind === 'prd')?.id ?? null;
  const type = run.status === 'succeeded' ? 'complete' : run.status;
  return { type, prdId, error: run.error, problem: run.problem };
}
