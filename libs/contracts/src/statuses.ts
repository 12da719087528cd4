import { z } from 'zod';

/** A run: one execution of one or more documents. The last four never change again. */
export const runStatus = z.enum(['queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled']);
export type RunStatus = z.infer<typeof runStatus>;

/** A step: one unit of a run. `delayed` waits for a known instant; `failed` will not be retried by itself. */
export const stepStatus = z.enum(['queued', 'running', 'delayed', 'succeeded', 'failed', 'cancelled']);
export type StepStatus = z.infer<typeof stepStatus>;

/** A section of a version. A delayed step leaves its section `pending`. */
export const sectionStatus = z.enum(['pending', 'generating', 'completed', 'failed', 'cancelled']);
export type SectionStatus = z.infer<typeof sectionStatus>;

/** A numbered version of a document: `ready` when every section completed, `partial` when some failed. */
export const versionStatus = z.enum(['queued', 'generating', 'ready', 'partial', 'failed', 'cancelled']);
export type VersionStatus = z.infer<typeof versionStatus>;

/** A document has the status of its newest version, or is archived. */
export const documentStatus = z.enum([...versionStatus.options, 'archived']);
export type DocumentStatus = z.infer<typeof documentStatus>;

/** How thorough a PRD is. */
export const mode = z.enum(['draft', 'detailed']);
export type Mode = z.infer<typeof mode>;

/** What a run is for: whole documents, single sections of one, or a feature. */
export const runKind = z.enum(['plan', 'sections', 'feature']);
export type RunKind = z.infer<typeof runKind>;

/** A feature: `pending` until its run begins. A cancelled one is `failed`; a retry makes it `pending` again. */
export const featureStatus = z.enum(['pending', 'processing', 'completed', 'failed']);
export type FeatureStatus = z.infer<typeof featureStatus>;

/** How a section's text is made: Markdown for readers, or a task list as JSON. */
export const outputFormat = z.enum(['markdown', 'tasks']);
export type OutputFormat = z.infer<typeof outputFormat>;

/** Statuses after which a run, step or version never changes again. */
export const ENDED_RUN_STATUSES = ['succeeded', 'partial', 'failed', 'cancelled'] as const satisfies RunStatus[];
export const ENDED_STEP_STATUSES = ['succeeded', 'failed', 'cancelled'] as const satisfies StepStatus[];
