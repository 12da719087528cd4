import { z } from 'zod';
import { instant, uuid } from '../ids.js';
import { LIMITED_RESOURCES } from '../provider.js';

/** What a provider counts together, as all generators know it: what they share is shared by all workspaces. */
export const providerLimits = z.object({
  provider: z.string(),
  /** A model, or a group of them that share one limit (`haiku-4`). */
  model: z.string(),
  /** Empty where nothing is known to be limited. */
  limits: z.array(
    z.object({
      resource: z.enum(LIMITED_RESOURCES),
      per_minute: z.int().nonnegative(),
      /** What could be used at this instant; it comes back at the pace of the limit. */
      level: z.int().nonnegative(),
      /** As much as is saved up while nobody calls. */
      capacity: z.int().nonnegative(),
    }),
  ),
  /** Calls that run, and steps in line, of everybody. */
  calls: z.int().nonnegative(),
  waiting: z.int().nonnegative(),
  /** Why nobody calls it at present, and until when; null where it is called. */
  pause: z.object({ reason: z.string(), ends_at: instant }).nullable(),
});
export type ProviderLimits = z.infer<typeof providerLimits>;

/** A step of this workspace that waits for an instant. */
export const waitingStep = z.object({
  run_id: uuid,
  project_id: uuid,
  project_name: z.string(),
  /** Kind of the document that is written. */
  document: z.string(),
  section_id: z.string(),
  section_title: z.string(),
  provider: z.string(),
  model: z.string(),
  /** As in a delayed step of a run. */
  reason: z.string(),
  /** Its place in line; null where it waits for an instant alone. */
  position: z.int().nullable(),
  next_attempt_at: instant,
});
export type WaitingStepResource = z.infer<typeof waitingStep>;

/** What limits the writing, and who waits for it. */
export const limitsReport = z.object({
  /** By provider and model, those called in the last two hours; null while what the generators share can't be read. */
  providers: z.array(providerLimits).nullable(),
  /** Steps of this workspace that wait, in all. */
  waiting_steps: z.int().nonnegative(),
  /** Of these, the hundred whose instant comes first. */
  waiting: z.array(waitingStep),
});
export type LimitsReport = z.infer<typeof limitsReport>;
