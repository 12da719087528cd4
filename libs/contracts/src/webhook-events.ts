import { z } from 'zod';
import { instant, uuid } from './ids.js';
import { TASK_EVENT_TYPES } from './live/events.js';
import { mode, runKind, runStatus, versionStatus } from './statuses.js';

/**
 * What a webhook can be subscribed to. Each is a fact that is stored, in the words of the live feed; they carry ids and
 * what a list would show, not texts: what else is needed is read by the ids.
 */
export const WEBHOOK_EVENTS = [
  'run.started',
  'run.ended',
  'document.completed',
  'feature.generated',
  'feature.generation.failed',
  ...TASK_EVENT_TYPES,
] as const;
export const webhookEvent = z.enum(WEBHOOK_EVENTS);
export type WebhookEvent = z.infer<typeof webhookEvent>;

/** Sent by `POST /v1/webhooks/{id}/test` alone, whatever is subscribed to. */
export const WEBHOOK_TEST_EVENT = 'webhook.test';

const inRun = { project_id: uuid, run_id: uuid };

const run = z.object({
  id: uuid,
  kind: runKind,
  mode: mode.nullable(),
  status: runStatus,
  retry_of: uuid.nullable(),
  documents: z.array(z.object({ kind: z.string(), id: uuid, version_id: uuid, status: versionStatus })),
  /** A sentence for people, or null. */
  error: z.string().nullable(),
  created_at: instant,
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
});

const task = z.object({
  id: uuid,
  key: z.string(),
  title: z.string(),
  /** Key of its column. */
  status: z.string(),
  type: z.string(),
  priority: z.string(),
  origin: z.enum(['ai', 'user']),
  feature_id: uuid.nullable(),
  updated_at: instant,
});

/** What is told of each event. */
const DATA = {
  'run.started': z.object({ ...inRun, run }),
  'run.ended': z.object({ ...inRun, run }),
  'document.completed': z.object({
    ...inRun,
    document: z.string(),
    document_id: uuid,
    version_id: uuid,
    status: versionStatus,
  }),
  'feature.generated': z.object({
    ...inRun,
    feature_id: uuid,
    task_count: z.int().nonnegative(),
    message: z.string(),
  }),
  'feature.generation.failed': z.object({ ...inRun, feature_id: uuid, error: z.string() }),
  [WEBHOOK_TEST_EVENT]: z.object({ webhook_id: uuid }),
};
/** `run_id`: the run whose task set changed the card; null where a person did. */
const taskData = z.object({ project_id: uuid, run_id: uuid.nullable(), task });

const payload = <T extends string, D extends z.ZodType>(type: T, data: D) =>
  // `timestamp`: when it happened; when it was sent is in the header `webhook-timestamp`.
  z.object({ type: z.literal(type), timestamp: instant, data });

/** Bodies of what is sent to webhooks, by event. */
export const WEBHOOK_PAYLOADS = {
  'run.started': payload('run.started', DATA['run.started']),
  'run.ended': payload('run.ended', DATA['run.ended']),
  'document.completed': payload('document.completed', DATA['document.completed']),
  'feature.generated': payload('feature.generated', DATA['feature.generated']),
  'feature.generation.failed': payload('feature.generation.failed', DATA['feature.generation.failed']),
  'task.created': payload('task.created', taskData),
  'task.updated': payload('task.updated', taskData),
  'task.moved': payload('task.moved', taskData),
  'task.deleted': payload('task.deleted', taskData),
  'task.restored': payload('task.restored', taskData),
  [WEBHOOK_TEST_EVENT]: payload(WEBHOOK_TEST_EVENT, DATA[WEBHOOK_TEST_EVENT]),
} satisfies Record<WebhookEvent | typeof WEBHOOK_TEST_EVENT, z.ZodType>;

/** The body of what is sent to a webhook. */
export const webhookPayload = z.discriminatedUnion('type', [
  WEBHOOK_PAYLOADS['run.started'],
  WEBHOOK_PAYLOADS['run.ended'],
  WEBHOOK_PAYLOADS['document.completed'],
  WEBHOOK_PAYLOADS['feature.generated'],
  WEBHOOK_PAYLOADS['feature.generation.failed'],
  WEBHOOK_PAYLOADS['task.created'],
  WEBHOOK_PAYLOADS['task.updated'],
  WEBHOOK_PAYLOADS['task.moved'],
  WEBHOOK_PAYLOADS['task.deleted'],
  WEBHOOK_PAYLOADS['task.restored'],
  WEBHOOK_PAYLOADS[WEBHOOK_TEST_EVENT],
]);
export type WebhookPayload = z.infer<typeof webhookPayload>;
