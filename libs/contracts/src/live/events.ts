import { z } from 'zod';
import { stepProblem } from '../failures.js';
import { instant, sha256Hex, uuid } from '../ids.js';
import { versionStatus } from '../statuses.js';
import type { FeatureEventBody } from './feature-events.js';

/**
 * Live events, protocol `planwright.v1`. Everything a follower needs to show a run and to check it against the stored
 * text. A section is known by (`document_id`, `section_id`).
 */
const inDocument = { run_id: uuid, document: z.string(), document_id: uuid };
const inSection = { ...inDocument, section_id: z.string() };

/** Bodies of the events of `run.{id}`: what the log stores; the envelope is added by the log. */
export const runEventBody = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stage'), ...inDocument, stage: z.int().positive(), sections: z.array(z.string()) }),
  z.object({ type: z.literal('section_started'), ...inSection, attempt: z.int().positive() }),
  z.object({
    type: z.literal('chunk'),
    ...inSection,
    attempt: z.int().positive(),
    /** Where this text starts, in UTF-16 units of the section's text. */
    offset: z.int().nonnegative(),
    content: z.string(),
    /** First number of a merged chunk; `seq` is the last. */
    from_seq: z.int().positive().optional(),
  }),
  z.object({
    type: z.literal('section_complete'),
    ...inSection,
    attempt: z.int().positive(),
    title: z.string(),
    content: z.string(),
    /** UTF-16 units. */
    length: z.int().nonnegative(),
    /** Of the UTF-8 bytes. */
    sha256: sha256Hex,
    /** First number it stands for, where the chunks right before it were left out. */
    from_seq: z.int().positive().optional(),
  }),
  z.object({
    type: z.literal('section_failed'),
    ...inSection,
    attempt: z.int().positive(),
    error: z.string(),
    problem: stepProblem,
  }),
  z.object({
    type: z.literal('section_delayed'),
    ...inSection,
    /** The attempt that gave way; its text is void. Without it the newest attempt is meant. */
    attempt: z.int().positive().optional(),
    next_attempt_at: instant,
    reason: z.string(),
    position: z.int().positive().nullable(),
  }),
  z.object({
    type: z.literal('progress'),
    ...inDocument,
    sections_completed: z.int().nonnegative(),
    sections_total: z.int().nonnegative(),
    /** Seconds to the end of this document, from measured durations; null while nothing is measured. */
    eta_seconds: z.int().nonnegative().nullable(),
  }),
  z.object({ type: z.literal('document_complete'), ...inDocument, version_id: uuid, status: versionStatus }),
  ...(['complete', 'partial', 'failed', 'cancelled'] as const).map((type) =>
    z.object({
      type: z.literal(type),
      run_id: uuid,
      prd_id: uuid.nullable(),
      error: z.string().nullable(),
      problem: stepProblem.nullable(),
    }),
  ),
]);
export type RunEventBody =
  | { type: 'stage'; run_id: string; document: string; document_id: string; stage: number; sections: string[] }
  | {
      type: 'section_started';
      run_id: string;
      document: string;
      document_id: string;
      section_id: string;
      attempt: number;
    }
  | ChunkBody
  | {
      type: 'section_complete';
      run_id: string;
      document: string;
      document_id: string;
      section_id: string;
      attempt: number;
      title: string;
      content: string;
      length: number;
      sha256: string;
      from_seq?: number | undefined;
    }
  | {
      type: 'section_failed';
      run_id: string;
      document: string;
      document_id: string;
      section_id: string;
      attempt: number;
      error: string;
      problem: z.infer<typeof stepProblem>;
    }
  | {
      type: 'section_delayed';
      run_id: string;
      document: string;
      document_id: string;
      section_id: string;
      attempt?: number | undefined;
      next_attempt_at: string;
      reason: string;
      position: number | null;
    }
  | {
      type: 'progress';
      run_id: string;
      document: string;
      document_id: string;
      sections_completed: number;
      sections_total: number;
      eta_seconds: number | null;
    }
  | {
      type: 'document_complete';
      run_id: string;
      document: string;
      document_id: string;
      version_id: string;
      status: z.infer<typeof versionStatus>;
    }
  | RunEndBody;
export interface ChunkBody {
  type: 'chunk';
  run_id: string;
  document: string;
  document_id: string;
  section_id: string;
  attempt: number;
  offset: number;
  content: string;
  from_seq?: number | undefined;
}
export interface RunEndBody {
  type: 'complete' | 'partial' | 'failed' | 'cancelled';
  run_id: string;
  prd_id: string | null;
  error: string | null;
  problem: z.infer<typeof stepProblem> | null;
}

/** What may become of a card. `task.moved`: its column or its rank; `task.deleted`: it is retired, too, where that is why. */
export const TASK_EVENT_TYPES = [
  'task.created',
  'task.updated',
  'task.moved',
  'task.deleted',
  'task.restored',
] as const;

/** Bodies of the events of `project.{id}`. */
export const projectEventBody = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run.started'), run_id: uuid, run: z.looseObject({ id: uuid, status: z.string() }) }),
  z.object({ type: z.literal('run.ended'), run_id: uuid, run: z.looseObject({ id: uuid, status: z.string() }) }),
  // `run_id`: the run whose task set changed the card; null where a person did.
  ...TASK_EVENT_TYPES.map((type) =>
    z.object({ type: z.literal(type), run_id: uuid.nullable(), task: z.looseObject({ id: uuid }) }),
  ),
]);
export type ProjectEventBody = z.infer<typeof projectEventBody>;

/** The body of any live event, without the envelope that the log adds. */
export type LiveEventBody = RunEventBody | ProjectEventBody | FeatureEventBody;

/** What the log adds to a body. */
export interface LiveEnvelope {
  v: 1;
  channel: string;
  /** Life of the log; changes when the log was lost. */
  epoch: string;
  /** Gapless within an epoch, from 1. */
  seq: number;
  /** ISO 8601, UTC. */
  ts: string;
}
export const liveEnvelope = z.object({
  v: z.literal(1),
  channel: z.string(),
  epoch: z.string(),
  seq: z.int().positive(),
  ts: instant,
});
export type RunLiveEvent = LiveEnvelope & RunEventBody;
export type ProjectLiveEvent = LiveEnvelope & ProjectEventBody;
export type FeatureLiveEvent = LiveEnvelope & FeatureEventBody;
export type LiveEvent = LiveEnvelope & LiveEventBody;

/** The only ends a run has; a closed socket is not one. */
export const RUN_END_TYPES = ['complete', 'partial', 'failed', 'cancelled'] as const;

/** `run.{id}`, `project.{id}` or `project.{id}.features`. */
export const channelName = z
  .string()
  .regex(
    /^(run|project)\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^project\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.features$/,
    {
      error: 'must be run.{id}, project.{id} or project.{id}.features',
    },
  );
export const runChannel = (runId: string): string => `run.${runId}`;
export const projectChannel = (projectId: string): string => `project.${projectId}`;
export const featuresChannel = (projectId: string): string => `project.${projectId}.features`;
