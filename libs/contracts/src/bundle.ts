import { z } from 'zod';
import { instant, sha256Hex, uuid } from './ids.js';
import { isRank } from './rank.js';
import { column, MOST_COLUMNS } from './rest/columns.js';
import { modelName, providerName } from './rest/projects.js';
import { text } from './rest/text.js';
import { mode } from './statuses.js';
import { taskPriority, taskType } from './task-draft.js';

/** Names the shape below. What reads it in another way than this release gets another number. */
export const BUNDLE_SCHEMA = 'planwright.bundle/1';

/** Bodies of an import larger than this are refused with 413. */
export const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;

/** Instants that PostgreSQL and every calendar can hold: from 1970 on. */
const storedInstant = instant.refine((value) => value >= '1970', 'must be an instant from 1970 on');

/** `T-1`, `T-2`, …: at most nine digits. */
const taskKey = z.string().regex(/^T-[1-9][0-9]{0,8}$/, 'must be a key such as T-12');
/** Of a document kind or a section, as in blueprints. */
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower case letters, digits and _');
/** `idea`, `prd`, `sections.goals_objectives`. */
const inputName = z.string().regex(/^[a-z][a-z0-9_.]{0,159}$/, 'must be lower case words joined by dots');
const writer = text(1, 200);

const bundleSection = z.strictObject({
  id: name,
  title: text(1, 200),
  /** Place in the document, 0 first. */
  order: z.int().nonnegative().max(100_000),
  status: z.enum(['completed', 'failed', 'cancelled']),
  /** There when it is completed, and only then; as it was written, to the byte. */
  content: text(0, 2_000_000).nullable(),
  /** What was written before it failed or was cancelled. */
  draft: text(0, 2_000_000).nullable(),
  /** Of a failed section: a sentence for people, and the machine-readable half of it. */
  error: text(1, 8_000).nullable(),
  problem: z
    .strictObject({
      code: text(1, 100),
      title: text(0, 1_000),
      detail: text(0, 8_000),
      advice: text(0, 2_000),
      retryable: z.boolean(),
    })
    .nullable(),
  /** Of the UTF-8 bytes of `content`. */
  sha256: sha256Hex.nullable(),
  provider: writer.nullable(),
  model: writer.nullable(),
  prompt_hash: sha256Hex.nullable(),
  template_hash: sha256Hex.nullable(),
  input_hash: sha256Hex.nullable(),
  /** Hashes of what the text was made from, by input; what is different today makes it stale. Null: not noted. */
  made_from: z.record(inputName, sha256Hex.nullable()).nullable(),
  /** What is to be known of the text. */
  warnings: z.array(z.strictObject({ rule: text(1, 100), message: text(0, 4_000) })).max(200),
  generated_at: storedInstant.nullable(),
});

/** A requirement that was found in a version's text. */
const bundleRequirement = z.strictObject({
  key: z.string().regex(/^(FR|NFR)-[1-9][0-9]{0,8}$/, 'must be a key such as FR-1 or NFR-2'),
  section_id: name,
  /** Place in its section, from 1. */
  position: z.int().positive().max(1_000_000),
  quote: text(0, 20_000),
  hash: text(1, 100),
});

const bundleVersion = z.strictObject({
  id: uuid,
  number: z.int().positive().max(1_000_000_000),
  status: z.enum(['ready', 'partial']),
  mode: mode.nullable(),
  /** Id of the blueprint it was written by; the importing installation need not have it. */
  blueprint: text(1, 200),
  provider: writer,
  model: writer,
  /** Versions of this bundle it was made from, by kind of document. */
  inputs: z.record(name, uuid).refine((value) => Object.keys(value).length <= 20, 'must name at most 20'),
  created_at: storedInstant,
  sections: z.array(bundleSection).min(1).max(200),
  requirements: z.array(bundleRequirement).max(1_000),
});

const bundleDocument = z.strictObject({
  id: uuid,
  kind: name,
  /** The feature it is written for; null for one of the plan itself. */
  feature: uuid.nullable(),
  archived: z.boolean(),
  /** The active version: the only one that is exported. */
  version: bundleVersion,
});

/** Cards of one board, those that were deleted or retired apart. */
export const MOST_CARDS = 5_000;

const bundleFeature = z.strictObject({
  id: uuid,
  description: text(1, 32_000),
  /** A feature that is still being written is not exported. */
  status: z.enum(['completed', 'failed']),
  error_message: text(1, 8_000).nullable(),
  generated_from_idea: z.boolean(),
  /** Cards its tasks came to. */
  task_count: z.int().nonnegative().max(1_000_000),
  processing_started_at: storedInstant.nullable(),
  processing_completed_at: storedInstant.nullable(),
  created_at: storedInstant,
});

const taskText = {
  title: text(1, 500),
  description: text(0, 32_000),
  acceptance_criteria: z.array(text(0, 4_000)).max(200),
  type: taskType,
  priority: taskPriority,
  estimate: z.int().nonnegative().max(1_000_000).nullable(),
  labels: z.array(text(0, 200)).max(100),
  /** Keys of cards of this bundle that come before it. */
  dependencies: z.array(taskKey).max(500),
  requirements: z.array(text(0, 100)).max(500),
};

const bundleTask = z.strictObject({
  key: taskKey,
  ...taskText,
  /** Key of a column. */
  status: text(1, 100),
  /** Place within its column: ranks compare byte by byte. */
  rank: z.string().max(200).refine(isRank, 'must be a rank such as a0'),
  origin: z.enum(['ai', 'user']),
  /** The version it was made from; null where that is not in the bundle. */
  source: uuid.nullable(),
  feature: uuid.nullable(),
  /** True where a person wants it although newer task sets have no such card. */
  kept: z.boolean(),
  edited_fields: z.array(text(1, 100)).max(50),
  /** The card as it was last generated, which edits are measured against; null for people's cards. */
  base: z.strictObject(taskText).nullable(),
  /** What a generator offers beside a person's edits; nothing of it holds until it is accepted. */
  suggestion: z.strictObject({ vanished: z.boolean(), fields: z.strictObject(taskText).partial() }).nullable(),
  created_at: storedInstant,
  updated_at: storedInstant,
});

const parts = {
  project: z.strictObject({
    id: uuid,
    name: text(1, 200),
    idea: text(1, 32_000),
    constraints: text(0, 16_000),
    preferred_provider: providerName.nullable(),
    preferred_model: modelName.nullable(),
    /** The highest number a card was ever given: keys are not used again. */
    last_task_number: z.int().nonnegative().max(999_999_999),
    /** The highest number of a requirement, by prefix. */
    last_requirement_numbers: z.partialRecord(z.enum(['FR', 'NFR']), z.int().nonnegative().max(999_999_999)),
    created_at: storedInstant,
    updated_at: storedInstant,
  }),
  /** Of the board, in order. */
  columns: z.array(column).min(1).max(MOST_COLUMNS),
  documents: z.array(bundleDocument).max(1_000),
  features: z.array(bundleFeature).max(1_000),
  /** Cards on the board, in board order; deleted and retired ones are not exported. */
  tasks: z.array(bundleTask).max(MOST_CARDS),
};

/** Everything of a project that is exported, as it was at one instant. */
export const planExport = z.strictObject(parts);
export type PlanExport = z.infer<typeof planExport>;
export type ExportedDocument = PlanExport['documents'][number];
export type ExportedVersion = ExportedDocument['version'];
export type ExportedSection = ExportedVersion['sections'][number];
export type ExportedTask = PlanExport['tasks'][number];

/**
 * The JSON bundle: the same, with the name of its shape. Ids in it are those of the exporting installation and tie its
 * parts together; an import makes new ones.
 */
export const planBundle = z.strictObject({
  schema: z.literal(BUNDLE_SCHEMA, { error: `must be ${BUNDLE_SCHEMA}: this release reads no other` }),
  ...parts,
});
export type PlanBundle = z.infer<typeof planBundle>;
