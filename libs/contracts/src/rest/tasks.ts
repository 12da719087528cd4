import { z } from 'zod';
import { instant, uuid } from '../ids.js';
import { taskPriority, taskType } from '../task-draft.js';

export const taskResource = z.object({
  id: uuid,
  /** Stable within the project, never reused: `T-1`, `T-2`, … */
  key: z.string(),
  title: z.string(),
  description: z.string(),
  acceptance_criteria: z.array(z.string()),
  type: taskType,
  priority: taskPriority,
  estimate: z.int().nullable(),
  labels: z.array(z.string()),
  /** Key of a column; `todo`, `in_progress` and `done` exist in every workspace. */
  status: z.string(),
  rank: z.string(),
  /** Ids of tasks that come before this one. */
  dependencies: z.array(uuid),
  requirements: z.array(z.string()),
  origin: z.enum(['ai', 'user']),
  source_task_set_id: uuid.nullable(),
  feature_id: uuid.nullable(),
  edited_fields: z.array(z.string()),
  suggestion: z.record(z.string(), z.unknown()).nullable(),
  created_at: instant,
  updated_at: instant,
});
export type TaskResource = z.infer<typeof taskResource>;
