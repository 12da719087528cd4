import type { ProviderCall, StepHashes, TextWarning, Usage } from '@planwright/contracts';
import type { Effect, RunState } from '@planwright/plan';
import type { OutboxMessage } from '../messages/outbox-row.js';
import type { Numbered, StoredRunFact } from '../reads/types.js';

/** A run whose row this transaction holds: until it ends nobody else changes the run, its versions or its steps. */
export interface LockedRun {
  runId: string;
  workspaceId: string;
  projectId: string;
  provider: string;
  model: string;
  /** Number of the run's last event. */
  eventSeq: number;
  /**
   * When a person asked for the run to stop, in milliseconds since 1970; null if nobody did. `state.cancelRequested` is
   * another thing: that the engine has acted on it.
   */
  cancelRequestedAt: number | null;
  /** The database's clock once the lock was held, in milliseconds since 1970: rises from lock to lock. */
  lockedAt: number;
  /** Of the messages that were asked about, those whose effects are stored already. */
  handled: ReadonlySet<string>;
  /** As it was when the row was locked; `save` does not change it. */
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
  /** Tokens of this attempt alone. Booked as one call where `calls` has none. */
  usage?: Usage | null;
  /** What the attempt called, in order; each is booked by itself. Default: none. */
  calls?: readonly ProviderCall[];
  hashes?: StepHashes;
  /** What is to be known of the text; only with a finished section. Default: nothing. */
  warnings?: readonly TextWarning[];
}

/** The message something was decided on; null parts where it had none. */
export interface Cause {
  id: string;
  traceparent: string | null;
}

/** What one event led to: its effects in order, and what they were decided on. */
export interface Change {
  effects: readonly Effect[];
  result?: StepResult | undefined;
  cause?: Cause | undefined;
}

/** What is written of a locked run, all at once. */
export interface RunSave {
  /** In the order of their events. */
  changes?: readonly Change[];
  /** Events that follow from the changes, as `numberFacts` numbered them. */
  facts?: readonly Numbered<StoredRunFact>[];
  /** Messages to be sent once this is committed; they leave in this order. */
  messages?: readonly OutboxMessage[];
  /** Ids of messages that need not be handled again. */
  handled?: readonly string[];
  /** Outbox rows that were sent and can go. */
  sent?: readonly string[];
}
