import { sentenceOf } from '@planwright/contracts';
import type { RunStatus, VersionStatus } from '@planwright/contracts';
import type { Effect } from '@planwright/plan';
import { sectionCounts } from '@planwright/plan';
import type { LockedRun } from './locked-run.js';
import { at } from './row-patch.js';
import type { Patch } from './row-patch.js';
import type { StepEffect } from './step-patches.js';

/** What an effect changes of a run and of the version it speaks of, each with the states that allow it. */
export interface RunPatches {
  run?: { from: readonly RunStatus[]; patch: Patch & { status?: RunStatus } };
  version?: { from: readonly VersionStatus[]; patch: Patch & { status?: VersionStatus } };
}

const ACTIVE = ['queued', 'running'] as const;
const RUNNING = ['running'] as const;

export function runPatches(effect: Exclude<Effect, StepEffect>, run: LockedRun): RunPatches {
  switch (effect.type) {
    case 'run_began':
      return { run: { from: ['queued'], patch: { status: 'running', started_at: at(effect.at) } } };
    case 'cancel_noted': {
      const asked = run.cancelRequestedAt ?? effect.at;
      return { run: { from: ACTIVE, patch: { cancel_noted_at: at(effect.at), cancel_requested_at: at(asked) } } };
    }
    case 'document_began':
      // From here on the run's numbers speak of this document.
      return {
        run: { from: RUNNING, patch: { current_stage: null, eta_seconds: null, ...countsOf(run, effect.documentId) } },
        version: { from: ['queued'], patch: { status: 'generating' } },
      };
    case 'stage_began': {
      const patch = { current_stage: effect.stage };
      return { run: { from: RUNNING, patch }, version: { from: ['generating'], patch } };
    }
    case 'progressed': {
      const { sectionsCompleted: sections_completed, sectionsTotal: sections_total, etaSeconds: eta_seconds } = effect;
      return { run: { from: RUNNING, patch: { sections_completed, sections_total, eta_seconds } } };
    }
    case 'document_ended': {
      const { status } = effect;
      return { version: { from: ['queued', 'generating'], patch: { status, ended_at: at(run.lockedAt) } } };
    }
    case 'run_ended': {
      const { status, problem } = effect;
      const end = { error: problem && sentenceOf(problem), finished_at: at(effect.at), eta_seconds: null };
      return { run: { from: ACTIVE, patch: { status, problem, ...end } } };
    }
    case 'stop_requested':
    case 'ignored':
      // Nothing to store: the first is a message, the second is counted.
      return {};
  }
}

function countsOf({ state }: LockedRun, documentId: string) {
  const document = state.documents.find((candidate) => candidate.documentId === documentId);
  if (!document) return {};
  const { completed, total } = sectionCounts(document);
  return { sections_completed: completed, sections_total: total };
}
