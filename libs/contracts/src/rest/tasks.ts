import { z } from 'zod';
import { instant, uuid } from '../ids.js';
import { taskPriority, taskType } from '../task-draft.js';
import { columnKey } from './columns.js';
import { pageQuery } from './lists.js';
import { text } from './text.js';

/**
 * What a generator writes of a card, and a person may edit. All else of a card (key, status, rank, origin, …) is the
 * board's.
 */
export const taskFields = z.object({
  title: z.string(),
  description: z.string(),
  acceptance_criteria: z.array(z.string()),
  type: taskType,
  priority: taskPriority,
  /** Story points. */
  estimate: z.int().nullable(),
  labels: z.array(z.string()),
  /** Ids of tasks of the same project that come before this one, those that were deleted or retired since included. */
  dependencies: z.array(uuid),
  /** Requirement ids of the PRD (`FR-1`, `NFR-2`). */
  requirements: z.array(z.string()),
});
export type TaskFields = z.infer<typeof taskFields>;
export const taskField = taskFields.keyof();
export type TaskField = z.infer<typeof taskField>;

/** What a generator would write where a person has edited. Nothing of it holds until it is accepted. */
export const taskSuggestion = z.object({
  /** True where the newest task set has no such card any more; accepting that retires the card. */
  vanished: z.boolean(),
  /** Its text for fields that a person has edited. */
  fields: taskFields.partial(),
});
export type TaskSuggestion = z.infer<typeof taskSuggestion>;

export const taskResource = z.object({
  id: uuid,
  /** Stable within the project, never reused: `T-1`, `T-2`, … */
  key: z.string(),
  ...taskFields.shape,
  /** Key of a column; `todo`, `in_progress` and `done` unless the board has others. */
  status: z.string(),
  /** Place within the column: ranks compare byte by byte. */
  rank: z.string(),
  origin: z.enum(['ai', 'user']),
  /** The task set whose text the card was last given. */
  source_task_set_id: uuid.nullable(),
  feature_id: uuid.nullable(),
  /** Fields of an `ai` card that differ from what was last generated, or last offered and dismissed. */
  edited_fields: z.array(z.string()),
  suggestion: taskSuggestion.nullable(),
  /** Off the board because a newer task set left it out; can be restored. */
  retired_at: instant.nullable(),
  /** Off the board because a person deleted it; can be restored. */
  deleted_at: instant.nullable(),
  created_at: instant,
  /** Rises with every change. In double quotes it is the card's ETag. */
  updated_at: instant,
});
export type TaskResource = z.infer<typeof taskResource>;

/** A list of different values. */
const several = <T extends z.ZodType<string>>(item: T, max: number) =>
  z
    .array(item)
    .max(max, `must have at most ${max} items`)
    .refine((values) => new Set(values).size === values.length, 'must not name anything twice');
const written = {
  title: text(1, 200),
  description: text(0, 8_000),
  acceptance_criteria: z.array(text(1, 1_000)).max(20, 'must have at most 20 items'),
  type: taskType,
  priority: taskPriority,
  estimate: z.int().min(0).max(1_000).nullable(),
  labels: several(text(1, 40), 10),
  dependencies: several(uuid, 30),
  requirements: several(text(1, 20), 20),
};

export const createTask = z.strictObject({
  title: written.title,
  description: written.description.default(''),
  acceptance_criteria: written.acceptance_criteria.default([]),
  type: written.type.default('feature'),
  priority: written.priority.default('medium'),
  estimate: written.estimate.default(null),
  labels: written.labels.default([]),
  dependencies: written.dependencies.default([]),
  requirements: written.requirements.default([]),
  /** Column whose end it stands at. Default: the first one of category `todo`. */
  status: columnKey.optional(),
});
export type CreateTask = z.infer<typeof createTask>;
/** As it is sent: what has a default may be left out. */
export type CreateTaskRequest = z.input<typeof createTask>;

export const updateTask = z.strictObject(written).partial();
export type UpdateTask = z.infer<typeof updateTask>;

/**
 * To a column, and there directly before or directly after another card; between the two where both are named; without
 * either to the column's end.
 */
export const moveTask = z.strictObject({
  status: columnKey,
  before: uuid.nullish(),
  after: uuid.nullish(),
});
export type MoveTask = z.infer<typeof moveTask>;

/** `fields`: only these; the rest of the offer stays. Default: all of it, `vanished` included. */
export const decideSuggestion = z.strictObject({
  action: z.enum(['accept', 'dismiss']),
  fields: several(taskField, 9).min(1, 'must name at least one field, or be left out').optional(),
});
export type DecideSuggestion = z.infer<typeof decideSuggestion>;

const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((value) => value === 'true')
  .pipe(z.boolean());

export const tasksQuery = pageQuery.extend({
  /** Key of a column. */
  status: columnKey.optional(),
  label: text(1, 40).optional(),
  origin: z.enum(['ai', 'user']).optional(),
  feature_id: uuid.optional(),
  /** `true`: only cards that are off the board, deleted or retired; default: only those on it. */
  deleted: flag.default(false),
});
export type TasksQuery = z.infer<typeof tasksQuery>;

/** The card as an HTTP entity tag, as `If-Match` asks for it. */
export const taskETag = ({ updated_at }: Pick<TaskResource, 'updated_at'>): string => `"${updated_at}"`;
