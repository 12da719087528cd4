import { z } from 'zod';
import { uuid } from '../ids.js';
import { taskType } from '../task-draft.js';
import { requirementResource } from './documents.js';

/** How many of them are linked. `percentage` is a whole number, rounded down; null where there is nothing to link. */
const share = {
  total: z.int().nonnegative(),
  covered: z.int().nonnegative(),
  percentage: z.int().min(0).max(100).nullable(),
};

/** The requirements of the active PRD against the cards on the board, both ways. */
export const coverageReport = z.object({
  requirements: z.object({
    ...share,
    /** Every requirement, in the order of the text, with the cards that are linked to it. */
    items: z.array(requirementResource.extend({ task_ids: z.array(uuid) })),
    without_tasks: z.array(requirementResource),
  }),
  /** Cards of type `enabler` and those of a feature need no requirement of the PRD, and are not counted. */
  tasks: z.object({
    ...share,
    without_requirements: z.array(z.object({ id: uuid, key: z.string(), title: z.string(), type: taskType })),
  }),
});
export type CoverageReport = z.infer<typeof coverageReport>;
