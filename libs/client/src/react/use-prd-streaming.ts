import { useMemo } from 'react';
import type { SectionState } from '../run-follower.js';
import type { FollowedRun } from './use-run.js';
import { useRun } from './use-run.js';

export interface PrdSection extends SectionState {
  /** What there is to read: the stored text, or the text so far. */
  readonly text: string;
}

export interface PrdStreaming {
  /** In the order readers see them, those not begun included. */
  sections: readonly PrdSection[];
  /** Stage being written; null before the first. */
  currentStage: number | null;
  /** The section being written; of several, the first one. */
  streamingSection: PrdSection | null;
  progress: {
    /** Finished sections alone. */
    completed: number;
    total: number;
    /** 0 to 1. */
    share: number;
    /** To the end of the PRD; null while nothing is measured. */
    etaSeconds: number | null;
  };
  /** The PRD's: `queued`, `generating`, `ready`, `partial`, `failed` or `cancelled`; `loading` before anything is read. */
  status: FollowedRun['view']['documents'][string]['status'] | 'loading';
  /** A sentence for people: why the run ended as it did, or why it is no longer followed. */
  error: string | null;
  isConnected: boolean;
}

/** The PRD of a run while it is being written, and after. Null: none is followed. */
export function usePrdStreaming(runId: string | null): PrdStreaming {
  const run = useRun(runId);
  return useMemo(() => prdOf(run), [run]);
}

/** What is shown of a section, the same object as long as the section is. */
const shown = new WeakMap<SectionState, PrdSection>();

function prdOf({ view, sections: all, isConnected, error }: FollowedRun): PrdStreaming {
  const prd = Object.values(view.documents).find(({ kind }) => kind === 'prd');
  const sections = all
    .filter(({ documentId }) => documentId === prd?.documentId)
    .map((section) => {
      const known = shown.get(section) ?? { ...section, text: section.content ?? section.draft };
      shown.set(section, known);
      return known;
    });
  const { sectionsCompleted: completed = 0, sectionsTotal: total = 0 } = prd ?? {};
  return {
    sections,
    currentStage: prd?.stage ?? null,
    streamingSection: sections.find(({ status }) => status === 'generating') ?? null,
    progress: { completed, total, share: total === 0 ? 0 : completed / total, etaSeconds: prd?.etaSeconds ?? null },
    status: prd?.status ?? 'loading',
    error: view.ended?.error ?? error?.message ?? null,
    isConnected,
  };
}
