import type { RunEstimate } from './types.js';

/** A run that was started on this page to write something anew. */
export interface StartedRun {
  runId: string;
  projectId: string;
  /** What it writes, for the sentence that asks about the rest. */
  about: 'section' | 'sections' | 'document' | 'documents';
  /** Ids of the sections it writes. */
  written: readonly string[];
  /** What it may outdate. */
  affected: RunEstimate['affected'];
}

let started: readonly StartedRun[] = [];
const listeners = new Set<() => void>();

/** Runs this page started and whose outcome nobody was asked about yet; gone with the page. */
export const startedRuns = {
  list: (): readonly StartedRun[] => started,
  /** A run that took on more sections is one run: it outdates what each of them does, and nothing that it writes. */
  add(run: StartedRun): void {
    const known = started.find(({ runId }) => runId === run.runId);
    change([...started.filter((one) => one !== known), known ? together(known, run) : run]);
  },
  forget: (runId: string): void => change(started.filter((one) => one.runId !== runId)),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function change(next: readonly StartedRun[]): void {
  started = next;
  for (const listener of listeners) listener();
}

function together(a: StartedRun, b: StartedRun): StartedRun {
  const written = [...new Set([...a.written, ...b.written])];
  const kinds = [...new Set([...a.affected, ...b.affected].map(({ document }) => document))];
  const affected = kinds.flatMap((document) => {
    const all = [...a.affected, ...b.affected].filter((one) => one.document === document);
    const sections = [...new Set(all.flatMap((one) => one.sections))].filter((id) => !written.includes(id));
    return sections.length === 0 ? [] : [{ document, sections }];
  });
  return { ...a, about: written.length === a.written.length ? a.about : 'sections', written, affected };
}
