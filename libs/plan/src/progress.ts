import type { BlueprintStage } from '@planwright/contracts';
import type { SectionDurations } from './decision.js';
import type { Effect } from './effects.js';
import type { DocumentState, Instant, RunState } from './state.js';
import { completedSections, isOpen, type OpenStep, sectionOfStep, stepsOfStage } from './steps.js';

/** Sections of a document that have a text, of all it has. */
export function sectionCounts(document: DocumentState): { completed: number; total: number } {
  return { completed: completedSections(document).size, total: document.blueprint.sections.length };
}

/** The `progressed` effect of a document as the state stands. */
export function progressOf(
  state: RunState,
  documentId: string,
  at: Instant,
  usual: SectionDurations,
): Extract<Effect, { type: 'progressed' }> {
  const document = state.documents.find((candidate) => candidate.documentId === documentId);
  if (!document) throw new Error(`run ${state.runId} has no document ${documentId}`);
  const { completed, total } = sectionCounts(document);
  const etaSeconds = estimateSeconds(state, document, at, usual);
  return { type: 'progressed', documentId, sectionsCompleted: completed, sectionsTotal: total, etaSeconds };
}

/**
 * Seconds until the document ends, from measured durations; null while nothing is measured. A section takes as long as
 * `usual` says, else as its words take at the pace of the sections this run has finished. Sections of a sequential stage
 * add up, of a parallel stage the longest counts; a delayed step adds its wait.
 */
export function estimateSeconds(
  state: Pick<RunState, 'documents'>,
  document: DocumentState,
  at: Instant,
  usual: SectionDurations = new Map(),
): number | null {
  const pace = msPerWord(state);
  let totalMs = 0;
  for (const stage of document.blueprint.stages) {
    const ms = stageMs(document, stage, (step) => remainingMs(document, step, at, usual, pace));
    if (ms === null) return null;
    totalMs += ms;
  }
  return Math.ceil(totalMs / 1000);
}

function stageMs(
  document: DocumentState,
  stage: BlueprintStage,
  remaining: (step: OpenStep) => number | null,
): number | null {
  const times: number[] = [];
  for (const step of stepsOfStage(document, stage).filter(isOpen)) {
    const ms = remaining(step);
    if (ms === null) return null;
    times.push(ms);
  }
  return stage.mode === 'sequential' ? times.reduce((sum, ms) => sum + ms, 0) : Math.max(0, ...times);
}

function remainingMs(
  document: DocumentState,
  step: OpenStep,
  at: Instant,
  usual: SectionDurations,
  pace: number | null,
): number | null {
  const ms = usual.get(step.sectionId) ?? (pace === null ? null : pace * wordsOf(document, step));
  if (ms === null) return null;
  if (step.status === 'running') return Math.max(0, ms - Math.max(0, at - step.startedAt));
  return step.status === 'delayed' ? ms + Math.max(0, step.nextAttemptAt - at) : ms;
}

/** A section whose start was never told took no measurable time and is left out. */
function msPerWord(state: Pick<RunState, 'documents'>): number | null {
  let ms = 0;
  let words = 0;
  for (const document of state.documents) {
    for (const step of document.steps) {
      if (step.status !== 'succeeded' || step.finishedAt <= step.startedAt) continue;
      ms += step.finishedAt - step.startedAt;
      words += wordsOf(document, step);
    }
  }
  return words === 0 ? null : ms / words;
}

function wordsOf(document: DocumentState, step: DocumentState['steps'][number]): number {
  return sectionOfStep({ document, step }).words.target;
}
