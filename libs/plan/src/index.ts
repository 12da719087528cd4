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
export { PREFIX_CACHE } from './prefix-cache.js';
export { planChain } from './chain.js';
export type { Chain, MissingPrerequisite } from './chain.js';
export { transitionsDiagram } from './diagram.js';
export { planRetry } from './plan-retry.js';
export type { EndedDocument, RetriedDocument, RetryPlan } from './plan-retry.js';
export { ADMISSION_QUANTUM, admit } from './admission.js';
export type { Admission, Turn, WaitingStep } from './admission.js';
export { estimateTokens } from './estimate-tokens.js';
