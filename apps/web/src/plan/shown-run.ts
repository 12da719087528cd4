import type { Schemas } from '@planwright/client';

type Run = Schemas['RunSummary'];
type RunDocument = Run['documents'][number];

/** A run with what it does for one kind of document. */
export interface RunOfDocument {
  readonly run: Run;
  readonly document: RunDocument;
}

const isOpen = (status: RunDocument['status']) => status === 'queued' || status === 'generating';

/** The newest run that writes a document, or wrote it last; runs come newest first. */
export function newestRunOf(runs: readonly Run[], kind: string): RunOfDocument | null {
  for (const run of runs) {
    if (run.kind === 'feature') continue;
    const document = run.documents.find((one) => one.kind === kind);
    if (document) return { run, document };
  }
  return null;
}

/**
 * The run that writes a document at the moment: the oldest one that has not finished it, for a newer one waits for that.
 */
export function writingRunOf(runs: readonly Run[], kind: string): RunOfDocument | null {
  for (const run of runs.toReversed()) {
    const hasEnded = run.status !== 'queued' && run.status !== 'running';
    const document = run.documents.find((one) => one.kind === kind);
    if (!hasEnded && run.kind !== 'feature' && document && isOpen(document.status)) return { run, document };
  }
  return null;
}

/**
 * The ended run that left a document unfinished, if that was the last that happened to it: people are told, and can retry.
 * A version that somebody activated or wrote since is newer than it.
 */
export function unfinishedRunOf(
  runs: readonly Run[],
  kind: string,
  active: Pick<Schemas['Version'], 'id' | 'created_at' | 'status'> | null,
): RunOfDocument | null {
  const newest = newestRunOf(runs, kind);
  if (!newest || isOpen(newest.document.status) || newest.document.status === 'ready') return null;
  const isOlder =
    active !== null && active.id !== newest.document.version_id && active.created_at > newest.run.created_at;
  return isOlder ? null : newest;
}

/** The version to read: the active one, unless none was ever finished and the last try left something. */
export function versionToShow(
  active: Pick<Schemas['Version'], 'id' | 'status'> | null,
  unfinished: RunOfDocument | null,
): string | null {
  if (unfinished && active?.status !== 'ready') return unfinished.document.version_id;
  return active?.id ?? null;
}
