import type { Blueprint, RunStatus, StepProblem, StepStatus, VersionStatus } from '@planwright/contracts';

/** Milliseconds since 1970, UTC. Time reaches this library only inside events. */
export type Instant = number;

/** What every step has, whatever its status. */
interface StepBase {
  readonly stepId: string;
  readonly sectionId: string;
  readonly stage: number;
  /** The fence: 0 until the step's command is issued, then 1, 2, … with every issue. */
  readonly attempt: number;
  /** Tries that count against the retry policy: 0 before the first ends. */
  readonly tries: number;
  /** Times the provider's limit made it wait; these use no try. */
  readonly rateLimits: number;
  /** Provider time used so far, in milliseconds, against the stage's limit. */
  readonly spentMs: number;
  /** Workers that were lost while they wrote it. */
  readonly losses: number;
  /**
   * What the current try (or, while delayed, the next one) has to repair; null where nothing is. It stays until the step
   * ends: a lost repair is issued again as a repair, and a step is repaired once.
   */
  readonly repair: Repair | null;
}

/** How the last answer was unusable: cut off at the output limit, or not fitting its schema. */
export interface Repair {
  readonly code: string;
  readonly detail: string;
}

export type QueuedStep = StepBase & { readonly status: 'queued' };
export type RunningStep = StepBase & {
  readonly status: 'running';
  readonly startedAt: Instant;
  /** True once the first content arrived. */
  readonly streaming: boolean;
};
export type DelayedStep = StepBase & {
  readonly status: 'delayed';
  readonly nextAttemptAt: Instant;
  /** A failure's code, the generator's word for what it waits for, `prefix_cache` or `inputs`: then it may wait with attempt 0. */
  readonly reason: string;
  /** Place in line, 1 first; null when nobody counts. */
  readonly position: number | null;
};
export type SucceededStep = StepBase & {
  readonly status: 'succeeded';
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
};
export type FailedStep = StepBase & { readonly status: 'failed'; readonly problem: StepProblem };
export type CancelledStep = StepBase & { readonly status: 'cancelled'; readonly reason: string };

/** One unit of a run: one section. A union on `status`, so a delayed step always has its instant and a queued one never. */
export type StepState = QueuedStep | RunningStep | DelayedStep | SucceededStep | FailedStep | CancelledStep;

/** One document of a run: the version being written. */
export interface DocumentState {
  readonly kind: string;
  readonly documentId: string;
  readonly versionId: string;
  readonly status: VersionStatus;
  /** Stages and sections, pinned on the run. */
  readonly blueprint: Blueprint;
  /** Stage that runs or ran last; null before the first. */
  readonly currentStage: number | null;
  /** One per section that this run writes, in blueprint order. */
  readonly steps: readonly StepState[];
  /** Sections of the version that were finished earlier and are carried over by reference. */
  readonly carried: readonly string[];
}

/** A run as the state machine sees it. */
export interface RunState {
  readonly runId: string;
  readonly kind: string;
  readonly status: RunStatus;
  /** Queued behind another run that writes the same: it cannot start before that one has ended. Default: false. */
  readonly waiting?: boolean;
  /**
   * The provider caches how prompts begin: where several sections of a parallel stage are to be written, one goes first
   * and the others follow its first content (`prefix-cache.ts`). It never changes during a run. Default: false.
   */
  readonly cachesPrefix?: boolean;
  /** Intent comes first: set as soon as a person asked, whatever the steps still do. */
  readonly cancelRequested: boolean;
  readonly problem: StepProblem | null;
  /** In chain order: each starts when the one before ended `ready`. */
  readonly documents: readonly DocumentState[];
}

/**
 * Legal transitions of a step. The diagram in the docs is generated from these constants, and the property tests show
 * that every transition listed occurs and no other. `queued`, `running` and `delayed` may be entered again: a lost step is
 * queued under its next attempt, a running one begins to stream, one whose instant has come is held for its inputs.
 */
export const STEP_TRANSITIONS: Readonly<Record<StepStatus, readonly StepStatus[]>> = {
  queued: ['queued', 'running', 'delayed', 'succeeded', 'failed', 'cancelled'],
  running: ['queued', 'running', 'delayed', 'succeeded', 'failed', 'cancelled'],
  delayed: ['queued', 'delayed', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** Legal transitions of a run. */
export const RUN_TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'cancelled'],
  running: ['succeeded', 'partial', 'failed', 'cancelled'],
  succeeded: [],
  partial: [],
  failed: [],
  cancelled: [],
};

/** Legal transitions of the version a run writes. */
export const VERSION_TRANSITIONS: Readonly<Record<VersionStatus, readonly VersionStatus[]>> = {
  queued: ['generating', 'cancelled'],
  generating: ['ready', 'partial', 'failed', 'cancelled'],
  ready: [],
  partial: [],
  failed: [],
  cancelled: [],
};
