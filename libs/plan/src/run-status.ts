import type { RunStatus, SectionStatus, StepProblem, VersionStatus } from '@planwright/contracts';
import type { DocumentState, RunState, StepState } from './state.js';
import { completedSections } from './steps.js';
import { unreachable } from './unreachable.js';

export function isEndedRun(status: RunStatus): boolean {
  return status !== 'queued' && status !== 'running';
}

export function isEndedVersion(status: VersionStatus): boolean {
  return status !== 'queued' && status !== 'generating';
}

/** The section's status while or after this step writes it. A delayed step leaves its section `pending`. */
export function sectionStatusOf(step: Pick<StepState, 'status'>): SectionStatus {
  switch (step.status) {
    case 'queued':
    case 'delayed':
      return 'pending';
    case 'running':
      return 'generating';
    case 'succeeded':
      return 'completed';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    default:
      return unreachable(step.status);
  }
}

/** How a document ends whose steps have all ended: by what its version holds now, carried sections included. */
export function outcomeOf(document: DocumentState): 'ready' | 'partial' | 'failed' {
  const completed = completedSections(document).size;
  if (completed === document.blueprint.sections.length) return 'ready';
  return completed === 0 ? 'failed' : 'partial';
}

/**
 * The document a run's progress speaks of: the one being written; before the start the first, after the end the last one
 * that was begun.
 */
export function documentInHand(state: Pick<RunState, 'documents'>): DocumentState | undefined {
  const writing = state.documents.find((document) => document.status === 'generating');
  return writing ?? state.documents.findLast((document) => document.currentStage !== null) ?? state.documents[0];
}

const RETRY_ADVICE = 'Retry the run; what is finished is kept.';

/** Why a run ended without finishing: which document stopped the chain, what it lacks and what was not started. */
export function chainProblem(
  document: DocumentState,
  status: 'partial' | 'failed',
  notStarted: readonly DocumentState[],
): StepProblem {
  const { title, sections } = document.blueprint;
  const missing = missingSections(document);
  const rest = notStarted.map((later) => later.blueprint.title).join(', ');
  const problems = document.steps.flatMap((step) => (step.status === 'failed' ? [step.problem] : []));
  const retryable = problems.length === 0 || problems.some((problem) => problem.retryable);
  return {
    code: `document_${status}`,
    title: status === 'partial' ? `${title} is incomplete` : `${title} could not be written`,
    detail: `${missing.length} of ${sections.length} sections failed: ${missing.join(', ')}${rest && `. Not started: ${rest}`}`,
    advice: adviceFor(problems, retryable),
    retryable,
  };
}

/** What to do: what the failures ask for, where they are of one kind. */
function adviceFor(problems: readonly StepProblem[], retryable: boolean): string {
  const [first] = problems;
  if (!first) return RETRY_ADVICE;
  if (!retryable) return first.advice;
  return problems.every(({ code }) => code === first.code) ? `${first.advice} What is finished is kept.` : RETRY_ADVICE;
}

/** Sections without a text, in document order, each with the reason. */
function missingSections(document: DocumentState): string[] {
  const completed = completedSections(document);
  return document.blueprint.sections
    .filter((section) => !completed.has(section.id))
    .toSorted((a, b) => a.order - b.order)
    .map((section) => {
      const step = document.steps.find((candidate) => candidate.sectionId === section.id);
      if (step?.status === 'failed') return `${section.title} (${step.problem.title})`;
      return step ? `${section.title} (cancelled)` : `${section.title} (failed earlier)`;
    });
}
