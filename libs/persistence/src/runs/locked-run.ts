import type { Blueprint, Mode, RunKind, Usage } from '@planwright/contracts';
import type { RunState } from '@planwright/plan';
import type { InputSnapshot } from '../entities/run.entity.js';

/** A run whose row this transaction holds: until it ends nobody else changes the run, its versions or its steps. */
export interface LockedRun {
  runId: string;
  workspaceId: string;
  projectId: string;
  kind: RunKind;
  mode: Mode | null;
  provider: string;
  model: string;
  triggeredBy: string;
  inputSnapshot: InputSnapshot;
  /** Blueprints by document kind. Template texts are left out here; `renderInputs` has them. */
  pinned: { blueprints: Record<string, Blueprint> };
  /** Number of the run's last event. */
  eventSeq: number;
  /**
   * When a person asked for the run to stop, in milliseconds since 1970; null if nobody did. `state.cancelRequested` is
   * another thing: that the engine has acted on it.
   */
  cancelRequestedAt: number | null;
  createdAt: number;
  startedAt: number | null;
  /** As it was when the row was locked; `apply` does not change it. */
  state: RunState;
}

/** What a generator's fact brought for one step, beside the event. */
export interface StepResult {
  stepId: string;
  /** Default: the attempt that is current in `state`. Name it when the fact may be stale: its tokens are counted still. */
  attempt?: number;
  /** The whole text; only with a finished section. */
  content?: string;
  /** Text cut off by failure or cancel. */
  draft?: string | null;
  provider?: string;
  model?: string;
  /** Tokens of this attempt alone. */
  usage?: Usage | null;
  hashes?: { prompt: string; template: string; input: string };
}

/** The message something was decided on; null parts where it had none. */
export interface Cause {
  id: string;
  traceparent: string | null;
}
