export { withKnownLinks } from './tasks/known-links.js';
export { coverageOf } from './coverage.js';
export type { LinkedTask } from './coverage.js';
export { decide, decideAll } from './decide.js';
export { evolve } from './evolve.js';
export type { RunEvent } from './events.js';
export type { Effect, IgnoreReason } from './effects.js';
export { RUN_TRANSITIONS, STEP_TRANSITIONS, VERSION_TRANSITIONS } from './state.js';
export type {
  CancelledStep,
  DelayedStep,
  DocumentState,
  FailedStep,
  Instant,
  QueuedStep,
  Repair,
  RunningStep,
  RunState,
  StepState,
  SucceededStep,
} from './state.js';
export type { SectionDurations } from './decision.js';
export { documentInHand, isEndedRun, isEndedVersion, outcomeOf, sectionStatusOf } from './run-status.js';
export { estimateSeconds, sectionCounts } from './progress.js';
export { retryPolicy } from './retry.js';
export { newRunState } from './new-run.js';
export type { NewDocument } from './new-run.js';
export { INPUTS, SECTION_WAITS, waitsForSection } from './turn.js';
export { planChain } from './chain.js';
export type { Chain, MissingPrerequisite } from './chain.js';
export { transitionsDiagram } from './diagram.js';
export { planRetry } from './plan-retry.js';
export type { EndedDocument, RetriedDocument, RetryPlan } from './plan-retry.js';
export { ADMISSION_QUANTUM, admit } from './admission.js';
export type { Admission, Turn, WaitingStep } from './admission.js';
export { estimateTokens } from './estimate-tokens.js';
export { FEATURE_TRANSITIONS, featureChanges } from './feature.js';
export type { FeatureChange } from './feature.js';
export { affectedBy, sectionInput, staleSections } from './regeneration/staleness.js';
export type { MadeFrom, Present, SectionLineage } from './regeneration/staleness.js';
export { planRegeneration } from './regeneration/plan-regeneration.js';
export type {
  Affected,
  KnownDocument,
  PlannedDocument,
  RegenerationPlan,
  RegenerationRequest,
  SourceVersion,
} from './regeneration/plan-regeneration.js';
export { editedFields } from './tasks/board-card.js';
export type { BoardCard } from './tasks/board-card.js';
export { closedCircle } from './tasks/dependency-path.js';
export { decideCard, editCard, restoreCard } from './tasks/edit-card.js';
export { mergeTasks } from './tasks/merge-tasks.js';
export type { ChangedCard } from './tasks/merge-tasks.js';
export { planTaskMerge } from './tasks/plan-task-merge.js';
export type { TaskMergeCounts } from './tasks/plan-task-merge.js';
