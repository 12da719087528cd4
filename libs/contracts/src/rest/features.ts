import { z } from 'zod';
import { instant, uuid } from '../ids.js';
import { featureStatus } from '../statuses.js';
import { pageQuery } from './lists.js';
import { modelName, providerName } from './projects.js';
import { text } from './text.js';

/** What is told at once; all the rest comes by `project.{id}.features`. */
export const FEATURE_ACCEPTED = "Generating feature in background. You'll be notified when ready!";

export const createFeature = z.strictObject({
  description: text(1, 8_000),
  /** Default: the project's, else the workspace's, else the deployment's. */
  provider: providerName.optional(),
  model: modelName.optional(),
});
export type CreateFeature = z.infer<typeof createFeature>;

/** A retry keeps what the feature was started with; only who writes can be another. */
export const retryFeature = z.strictObject({
  /** Default: those of the run that is retried. */
  provider: providerName.optional(),
  model: modelName.optional(),
});
export type RetryFeature = z.infer<typeof retryFeature>;

/** The answer to a feature that is asked for, or retried. It says what follows: the feature's own status is `pending` still. */
export const featureAccepted = z.object({
  message: z.string(),
  status: z.literal('processing'),
  feature_id: uuid,
  run_id: uuid,
});
export type FeatureAccepted = z.infer<typeof featureAccepted>;

/**
 * An addition to a product that has a plan: a description, and behind it a run that writes a spec and its cards. One that
 * was cancelled is `failed`, and its `error_message` says so.
 */
export const featureResource = z.object({
  id: uuid,
  project_id: uuid,
  /** The newest run that writes it; a retry is a new one. */
  run_id: uuid.nullable(),
  description: z.string(),
  status: featureStatus,
  /** Of the newest run; null while it is pending. */
  processing_started_at: instant.nullable(),
  processing_completed_at: instant.nullable(),
  error_message: z.string().nullable(),
  /** It was derived from the project's idea. Always false for a feature that a person described; imported ones keep theirs. */
  generated_from_idea: z.boolean(),
  /** The spec readers get; null until one is written. */
  spec_version_id: uuid.nullable(),
  /** Cards it came to; 0 until it is completed. */
  task_count: z.int().nonnegative(),
  created_at: instant,
});
export type FeatureResource = z.infer<typeof featureResource>;

/** `?status=`: only features with this status. Default: all, those that failed included. */
export const featuresQuery = pageQuery.extend({ status: featureStatus.optional() });
export type FeaturesQuery = z.infer<typeof featuresQuery>;
