import { z } from 'zod';
import { uuid } from '../ids.js';

/** What `feature.progress` tells of a feature that is being written. */
export const featureProgressFields = z.object({ feature_id: uuid, message: z.string() });

/** What `feature.generated` tells: the feature is completed, and so many cards are on the board. */
export const featureGeneratedFields = z.object({
  feature_id: uuid,
  task_count: z.int().nonnegative(),
  message: z.string(),
  project_id: uuid,
});

/** What `feature.generation.failed` tells: `error` is a sentence for people, `description` is what was asked for. */
export const featureFailedFields = z.object({
  feature_id: uuid,
  error: z.string(),
  description: z.string(),
  project_id: uuid,
});

/** Bodies of the events of `project.{id}.features`. A feature that is retried may fail, or be generated, after it failed. */
export const featureEventBody = z.discriminatedUnion('type', [
  z.object({ type: z.literal('feature.progress'), run_id: uuid, ...featureProgressFields.shape }),
  z.object({ type: z.literal('feature.generated'), run_id: uuid, ...featureGeneratedFields.shape }),
  z.object({ type: z.literal('feature.generation.failed'), run_id: uuid, ...featureFailedFields.shape }),
]);
export type FeatureEventBody = z.infer<typeof featureEventBody>;
