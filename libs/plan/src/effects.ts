import type { RunStatus, StepProblem, VersionStatus } from '@planwright/contracts';
import type { Instant, Repair } from './state.js';

/** Why an event changed nothing. */
export type IgnoreReason =
  | 'run_ended'
  | 'run_not_started'
  /** Another run has to end first; whoever ends that one starts this one. */
  | 'run_waiting'
  | 'unknown_step'
  /** The step's turn has not come: nothing was sent, so nothing can be told of it. */
  | 'not_issued'
  | 'stale_attempt'
  | 'step_ended'
  /** The attempt failed or gave way already; the step waits for its next one. */
  | 'attempt_settled'
  | 'not_due'
  | 'not_delayed'
  | 'already_so'
  | 'already_requested';

/**
 * What a decision says shall be true. A closed union: `evolve` applies it to the state, the orchestrator's shell writes
 * it to the rows and sends what it implies. Steps are named by id, documents by `documentId`.
 */
export type Effect =
  | { readonly type: 'run_began'; readonly at: Instant }
  /** A person's wish to stop is on record; nothing is issued or retried any more. */
  | { readonly type: 'cancel_noted'; readonly at: Instant }
  | {
      readonly type: 'stage_began';
      readonly documentId: string;
      readonly stage: number;
      /** Sections this run writes in the stage, in blueprint order. */
      readonly sections: readonly string[];
    }
  /** Sends `step.generate` with this attempt. The step is `queued`, its section `pending`. */
  | {
      readonly type: 'step_issued';
      readonly stepId: string;
      readonly attempt: number;
      /** Provider time left for the section: a whole number of milliseconds, at least 1. */
      readonly timeoutMs: number;
      /** As they stand with this issue: a failure that is repaired at once counts without being postponed. */
      readonly tries: number;
      readonly spentMs: number;
      readonly losses: number;
      readonly repair: Repair | null;
    }
  | { readonly type: 'step_began'; readonly stepId: string; readonly at: Instant }
  /** The first content of the attempt arrived. */
  | { readonly type: 'step_streamed'; readonly stepId: string }
  /** The step is `delayed`, its section `pending` again. With `prefix_cache`, at times with `inputs`, it has not been issued yet. */
  | {
      readonly type: 'step_postponed';
      readonly stepId: string;
      readonly nextAttemptAt: Instant;
      /**
       * The failure's code, the generator's word for what it waits for, `prefix_cache` for a section that goes first, or
       * `inputs` for sections before it that the run was given meanwhile.
       */
      readonly reason: string;
      readonly position: number | null;
      readonly tries: number;
      readonly rateLimits: number;
      readonly spentMs: number;
      readonly repair: Repair | null;
      /** The failure that made it wait, shown while it waits; null when it merely waits its turn. */
      readonly problem: StepProblem | null;
    }
  /** `startedAt` equals `at` where the fact that it started never came. */
  | { readonly type: 'section_completed'; readonly stepId: string; readonly startedAt: Instant; readonly at: Instant }
  /** Not retried by itself any more. Without a call (`no_input`) the step's attempt is still 0. */
  | {
      readonly type: 'section_failed';
      readonly stepId: string;
      readonly tries: number;
      readonly problem: StepProblem;
      readonly at: Instant;
    }
  /** `reason`: `cancelled` by a person, or `upstream_partial` / `upstream_failed` where the chain stopped before it. */
  | { readonly type: 'section_cancelled'; readonly stepId: string; readonly reason: string; readonly at: Instant }
  /** Follows each completed section. Counts cover the whole document, carried sections included. */
  | {
      readonly type: 'progressed';
      readonly documentId: string;
      readonly sectionsCompleted: number;
      readonly sectionsTotal: number;
      readonly etaSeconds: number | null;
    }
  | { readonly type: 'document_began'; readonly documentId: string }
  | { readonly type: 'document_ended'; readonly documentId: string; readonly status: VersionStatus }
  /** Broadcasts `step.cancel`. Changes no row, and may be repeated. */
  | {
      readonly type: 'stop_requested';
      readonly steps: readonly { readonly stepId: string; readonly attempt: number }[];
    }
  /** `problem` is null for `succeeded` and `cancelled`. */
  | {
      readonly type: 'run_ended';
      readonly status: RunStatus;
      readonly problem: StepProblem | null;
      readonly at: Instant;
    }
  | { readonly type: 'ignored'; readonly reason: IgnoreReason };
