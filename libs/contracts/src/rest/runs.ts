import { z } from 'zod';
import { documentKind } from '../blueprint.js';
import { cost } from '../cost.js';
import { stepProblem } from '../failures.js';
import { instant, uuid } from '../ids.js';
import { mode, runKind, runStatus, stepStatus, versionStatus } from '../statuses.js';
import { usage } from '../usage.js';
import { modelName, providerName } from './projects.js';
import { text } from './text.js';

/** Documents of a plan where a run names none, in chain order. */
export const PLAN_DOCUMENTS = ['prd', 'tech_spec', 'task_set'] as const;
/** Other names that requests may use. */
export const DOCUMENT_ALIASES: ReadonlyMap<string, string> = new Map([['tech', 'tech_spec']]);
/** The form alone: which kinds there are depends on the blueprints of the server, which checks the names. */
const requestedKind = documentKind.transform((kind) => DOCUMENT_ALIASES.get(kind) ?? kind);

/**
 * What to do when another run already writes one of the documents: `reject` answers 409 with its `run_id`, `enqueue`
 * waits until it has ended, `replace` cancels it and waits for that. One run waits for a document at most: whoever comes
 * after it gets its id.
 */
export const onConflict = z.enum(['reject', 'enqueue', 'replace']);
export type OnConflict = z.infer<typeof onConflict>;

/** Id of a section, unique over all kinds of documents. */
export const sectionName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'is a section id, such as goals_objectives');
/** What a person wishes for a text. */
export const wishes = text(1, 4_000);

export const startRun = z
  .strictObject({
    /** Kinds of `GET /v1/blueprints`, `tech` for `tech_spec`, in any order. Default: `prd`, `tech_spec` and `task_set`. */
    documents: z
      .array(requestedKind)
      .min(1, 'must name at least one document')
      .max(20)
      .refine((kinds) => new Set(kinds).size === kinds.length, 'must not name a document twice')
      .optional(),
    /** Default: the active PRD's mode, else detailed. */
    mode: mode.optional(),
    /** As well everything that is made from what is written, with what is not there yet. Default: false. */
    downstream: z.boolean().optional(),
    /** Single sections instead of whole documents: all others are taken over as they are. */
    sections: z
      .array(sectionName)
      .min(1, 'must name at least one section')
      .max(60)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name a section twice')
      .optional(),
    /** Wishes for the texts that are written, up to 4,000 characters; not for what comes downstream. */
    instructions: wishes.optional(),
    /** What is stale and what is made from it, of all documents or of those named. Default: false. */
    stale: z.boolean().optional(),
    provider: providerName.optional(),
    model: modelName.optional(),
    on_conflict: onConflict.default('reject'),
    /** True: answers 200 with what the run would write and take, and starts nothing. Default: false. */
    dry_run: z.boolean().optional(),
  })
  .refine(({ sections, stale }) => !(sections && stale), {
    path: ['stale'],
    error: 'is for what is stale; leave it out where `sections` are named',
  })
  .refine(({ sections, documents }) => !(sections && documents), {
    path: ['documents'],
    error: 'follow from `sections`; name one of both',
  })
  .refine(({ instructions, stale }) => !(instructions && stale), {
    path: ['instructions'],
    error: 'are for texts somebody chose; leave them out with `stale`',
  });
export type StartRun = z.infer<typeof startRun>;
/** As it is sent: fields with a default may be left out. */
export type StartRunRequest = z.input<typeof startRun>;

/** A retry keeps what its run was started with; only who writes can be another. */
export const retryRun = z.strictObject({
  /** Default: those of the run that is retried. */
  provider: providerName.optional(),
  model: modelName.optional(),
  on_conflict: onConflict.default('reject'),
});
export type RetryRun = z.infer<typeof retryRun>;
export type RetryRunRequest = z.input<typeof retryRun>;

export const stepResource = z.object({
  id: uuid,
  document: z.string(),
  section_id: z.string(),
  stage: z.int(),
  status: stepStatus,
  attempt: z.int(),
  tries: z.int(),
  next_attempt_at: instant.nullable(),
  reason: z.string().nullable(),
  position: z.int().nullable(),
  rate_limits: z.int(),
  error: z.string().nullable(),
  problem: stepProblem.nullable(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  /** Over all attempts. */
  usage: usage.nullable(),
  cost: cost.nullable(),
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
});
export type StepResource = z.infer<typeof stepResource>;

const runDocument = z.object({
  kind: z.string(),
  id: uuid,
  version_id: uuid,
  status: versionStatus,
  sections_completed: z.int(),
  sections_total: z.int(),
});

/** A run as it is read at one instant, with where to go on listening (`stream`) and the text so far (`writing`). */
export const runResource = z.object({
  id: uuid,
  project_id: uuid,
  kind: runKind,
  mode: mode.nullable(),
  status: runStatus,
  provider: z.string(),
  model: z.string(),
  triggered_by: z.string(),
  input_snapshot: z.object({ idea: z.string(), constraints: z.string() }).loose(),
  retry_of: uuid.nullable(),
  /** These four speak of the document being written (the last one once the run has ended). */
  current_stage: z.int().nullable(),
  sections_completed: z.int(),
  sections_total: z.int(),
  eta_seconds: z.int().nullable(),
  documents: z.array(runDocument),
  steps: z.array(stepResource),
  /** Over all steps, those that failed or were cancelled included. */
  usage: usage.nullable(),
  cost: cost.nullable(),
  writing: z.array(z.object({ document_id: uuid, section_id: z.string(), attempt: z.int(), content: z.string() })),
  error: z.string().nullable(),
  problem: stepProblem.nullable(),
  stream: z.object({ epoch: z.string(), seq: z.int().nonnegative() }),
  created_at: instant,
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
});
export type RunResource = z.infer<typeof runResource>;

/** A run in lists and project events: without steps, text and stream position. */
export const runSummary = runResource.omit({ steps: true, writing: true, stream: true, input_snapshot: true });
export type RunSummary = z.infer<typeof runSummary>;
