import type { ChunkBody, RunEndBody, RunEventBody, RunLiveEvent } from './events.js';
import type { DocumentView, RunView, SectionView } from './run-view.js';
import { newSection, sectionKey } from './run-view.js';

/**
 * True where something is missing between the view and the event: subscribe again with the view's `{epoch, after: seq}`.
 * A merged chunk covers `from_seq` to `seq`.
 */
export function isGap(view: Pick<RunView, 'epoch' | 'seq'>, event: Pick<RunLiveEvent, 'epoch' | 'seq'>): boolean {
  const { from_seq = event.seq } = event as { from_seq?: number };
  return view.epoch === event.epoch && from_seq > view.seq + 1;
}

/**
 * Applies one live event and answers the view after it. Safe against everything a resumed connection can bring:
 *
 * Position. An event the view has (`seq` not above the view's) changes nothing, but for a chunk: the text of a merged one
 * may reach beyond its `seq`, and its offset says which part is new. An event behind a gap changes nothing either, so that `{epoch, after: view.seq}` stays the truth; see `isGap`. An event of another epoch moves the position
 * there and is applied on top of what is known: everything below is safe to apply twice, so nothing has to be cleared.
 * After a `reset` the log is told from its beginning, which may be under the same epoch: give the view no position then,
 * `{...view, epoch: null, seq: 0}`, or what it seems to have is passed over.
 *
 * Attempts. A section shows the text of its newest attempt only: `section_started` of a newer one clears it, chunks of
 * any other are dropped. Once complete, a section never goes back.
 *
 * Offsets. Chunks say where their text starts. What the view has already is skipped, also within a chunk; a chunk that
 * starts beyond the text so far is dropped.
 *
 * Nothing here computes a hash: compare `sha256` with `content` yourself where `proof.checkable` is true, and read the
 * stored version where it is false or the hash differs.
 */
export function reduceRun(view: RunView, event: RunLiveEvent): RunView {
  if (view.epoch === event.epoch && event.seq <= view.seq) return event.type === 'chunk' ? apply(view, event) : view;
  if (isGap(view, event)) return view;
  const moved = { ...view, runId: event.run_id, epoch: event.epoch, seq: event.seq };
  return apply(moved, event);
}

function apply(view: RunView, event: RunEventBody): RunView {
  switch (event.type) {
    case 'stage':
      return withDocument(begun(view, event), event, { status: 'generating', stage: event.stage });
    case 'section_started':
      if (view.ended) return view;
      return withSection(begun(view, event), event, (section) => started(section, event.attempt));
    case 'chunk':
      return withSection(view, event, (section) => appended(section, event));
    case 'section_complete':
      return withSection(view, event, (section) => ({
        ...settled(section, 'completed', event.attempt),
        title: event.title,
        draft: '',
        content: event.content,
        proof: { length: event.length, sha256: event.sha256, checkable: event.content.length === event.length },
      }));
    case 'section_failed':
      return withSection(view, event, (section) =>
        section.status === 'completed'
          ? section
          : { ...settled(section, 'failed', event.attempt), error: event.error, problem: event.problem },
      );
    case 'section_delayed':
      return withSection(view, event, (section) => delayed(section, event));
    case 'progress':
      return withDocument({ ...view, currentDocumentId: event.document_id }, event, {
        sectionsCompleted: event.sections_completed,
        sectionsTotal: event.sections_total,
        etaSeconds: event.eta_seconds,
      });
    case 'document_complete': {
      const ended = withDocument(view, event, { status: event.status, versionId: event.version_id, etaSeconds: null });
      return { ...ended, sections: stopped(ended.sections, (section) => section.documentId === event.document_id) };
    }
    case 'complete':
    case 'partial':
    case 'failed':
    case 'cancelled':
      return runEnded(view, event);
    default:
      return ofUnknownType(view, event);
  }
}

/** A newer server may send types this release doesn't know: they take a number and change nothing. */
function ofUnknownType(view: RunView, _event: never): RunView {
  return view;
}

function begun(view: RunView, event: { document_id: string }): RunView {
  if (view.ended) return view;
  return { ...view, status: 'running', currentDocumentId: event.document_id };
}

function started(section: SectionView, attempt: number): SectionView {
  if (attempt < section.attempt || section.status === 'completed') return section;
  if (attempt > section.attempt)
    return { ...newSection(placeOf(section)), title: section.title, status: 'generating', attempt };
  // The same attempt again, after its log was lost: its text so far stands, and the offsets tell what is new.
  return section.status === 'pending' ? { ...section, status: 'generating' } : section;
}

function appended(section: SectionView, chunk: ChunkBody): SectionView {
  const known = section.draft.length;
  const end = chunk.offset + chunk.content.length;
  if (chunk.attempt !== section.attempt || section.status !== 'generating') return section;
  if (chunk.offset > known || end <= known) return section;
  return { ...section, draft: section.draft + chunk.content.slice(known - chunk.offset) };
}

function delayed(section: SectionView, event: Extract<RunEventBody, { type: 'section_delayed' }>): SectionView {
  const attempt = event.attempt ?? section.attempt;
  if (
    attempt < section.attempt ||
    (section.status !== 'pending' && section.status !== 'generating' && section.status !== 'delayed')
  ) {
    return section;
  }
  return {
    ...section,
    status: 'delayed',
    attempt,
    draft: '',
    nextAttemptAt: event.next_attempt_at,
    reason: event.reason,
    position: event.position,
  };
}

function settled(section: SectionView, status: 'completed' | 'failed' | 'cancelled', attempt: number): SectionView {
  const waited = { nextAttemptAt: null, reason: null, position: null, error: null, problem: null };
  return { ...section, ...waited, status, attempt: Math.max(attempt, section.attempt) };
}

/** Sections that were not finished when their document or run ended never will be: the text so far stays as draft. */
function stopped(sections: RunView['sections'], concerned: (section: SectionView) => boolean): RunView['sections'] {
  const after: Record<string, SectionView> = {};
  for (const [key, section] of Object.entries(sections)) {
    const final = section.status === 'completed' || section.status === 'failed' || section.status === 'cancelled';
    after[key] = final || !concerned(section) ? section : settled(section, 'cancelled', section.attempt);
  }
  return after;
}

function runEnded(view: RunView, event: RunEndBody): RunView {
  return {
    ...view,
    status: event.type === 'complete' ? 'succeeded' : event.type,
    sections: stopped(view.sections, () => true),
    ended: { type: event.type, prdId: event.prd_id, error: event.error, problem: event.problem },
  };
}

function withDocument(
  view: RunView,
  event: { document: string; document_id: string },
  change: Partial<DocumentView>,
): RunView {
  const before: DocumentView = view.documents[event.document_id] ?? {
    kind: event.document,
    documentId: event.document_id,
    versionId: null,
    status: 'queued',
    stage: null,
    sectionsCompleted: 0,
    sectionsTotal: 0,
    etaSeconds: null,
  };
  return { ...view, documents: { ...view.documents, [event.document_id]: { ...before, ...change } } };
}

function withSection(
  view: RunView,
  event: { document: string; document_id: string; section_id: string },
  change: (section: SectionView) => SectionView,
): RunView {
  const key = sectionKey(event.document_id, event.section_id);
  const before = view.sections[key] ?? newSection(event);
  const after = change(before);
  return after === view.sections[key] ? view : { ...view, sections: { ...view.sections, [key]: after } };
}

function placeOf(section: SectionView) {
  return { document: section.document, document_id: section.documentId, section_id: section.sectionId };
}
