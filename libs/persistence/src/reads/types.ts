import type {
  Blueprint,
  BlueprintSection,
  BlueprintStage,
  Mode,
  RunEventBody,
  RunResource,
  StepClass,
} from '@planwright/contracts';
import type { Budget } from '../ledger/budget.js';
import type { InputSnapshot } from '../entities/run.entity.js';

/** A run without what only the live log knows. */
export type StoredRun = Omit<RunResource, 'stream' | 'writing'>;

/** An event of a run that is a fact: the others exist in the live log only. */
export type RunFact = Exclude<RunEventBody, { type: 'chunk' } | { type: 'section_started' }>;

/** A fact as it is stored: the text of a section stays in `sections` and is joined when read. */
export type StoredRunFact =
  Exclude<RunFact, { type: 'section_complete' }> | Omit<Extract<RunFact, { type: 'section_complete' }>, 'content'>;

/** A stored event with its gapless number (from 1) and its instant (ISO 8601, UTC). */
export interface Numbered<Body> {
  n: number;
  at: string;
  body: Body;
}

/** What waits for a loop to take it up. */
export interface Pulse {
  /** Messages that whoever committed them has not sent. */
  outbox: boolean;
  /** Delayed steps that are to be woken. */
  due: boolean;
  /** Issued steps that are not admitted yet. */
  waiting: boolean;
  /** Milliseconds until the next delayed step is to be woken, if that is within the second. */
  dueInMs: number | null;
}

/** A step and the attempt that was current when it was read. */
export interface StepAttempt {
  workspaceId: string;
  runId: string;
  stepId: string;
  attempt: number;
}

/** A delayed step that is to be woken. */
export interface DueStep extends StepAttempt {
  /** Its instant is still to come: it is woken before that, as its way to a generator takes time. */
  isAhead: boolean;
}

/** A step of which nothing was heard. */
export interface SilentStep extends StepAttempt {
  status: 'queued' | 'running';
  /** Running for at least 30 s longer than its provider may take. */
  overdue: boolean;
  silentMs: number;
}

/** A run that should have moved and did not. */
export interface SilentRun {
  workspaceId: string;
  runId: string;
  status: 'queued' | 'running';
  cancelRequested: boolean;
}

export interface ApiKey {
  id: string;
  workspaceId: string;
  name: string;
  scopes: string[];
  /** To the minute; null: never. */
  lastUsedAt: Date | null;
}

/** A version of another document that a section is made from: its completed sections in document order. */
export interface InputDocument {
  versionId: string;
  sections: { id: string; title: string; content: string; sha256: string }[];
  /** What its text requires, with the ids tasks refer to; in the order of the text. */
  requirements: { id: string; quote: string }[];
}

/** Everything `step.generate` is rendered from. */
export interface RenderInputs {
  workspaceId: string;
  projectId: string;
  runId: string;
  stepId: string;
  attempt: number;
  /** The generators' queue it goes to. */
  class: StepClass;
  mode: Mode | null;
  provider: string;
  model: string;
  document: string;
  documentId: string;
  versionId: string;
  inputSnapshot: InputSnapshot;
  /** Template texts pinned on the run, as the prompts library wrote them. */
  templates: unknown;
  blueprint: Blueprint;
  section: BlueprintSection;
  stage: BlueprintStage;
  /** Provider time left, in milliseconds. */
  timeoutMs: number;
  repair: { code: string; detail: string } | null;
  /** What a person wishes for this text; null where it is written as the first time. */
  instructions: string | null;
  /** With wishes: the text that is replaced, where there is one. */
  replaced: string | null;
  /** Of the workspace, this month; null where it has none. */
  budget: Budget | null;
  /** Texts of the `uses` sections that were completed, by section id. */
  sections: Record<string, string>;
  /** By document kind. */
  documents: Record<string, InputDocument>;
}
