import { z } from 'zod';
import { instant, uuid } from '../ids.js';
import { webhookEvent, webhookPayload } from '../webhook-events.js';
import { pageQuery } from './lists.js';
import { text } from './text.js';

/** Webhooks one workspace may have; more are refused. */
export const MAX_WEBHOOKS = 50;
/** After a rotation the secret before it signs, too, for this long. */
export const SECRET_OVERLAP_HOURS = 24;

const url = z
  .string()
  .max(2_048, 'must have at most 2048 characters')
  .superRefine((value, context) => {
    for (const message of faultsOf(value)) context.addIssue({ code: 'custom', message });
  })
  .transform((value) => new URL(value).href);

/** What is wrong with an address whatever it leads to; whether it may be reached is found out when something is sent. */
function faultsOf(value: string): string[] {
  if (!URL.canParse(value)) return ['must be a URL such as https://example.com/planwright'];
  const { protocol, username, password, hash } = new URL(value);
  return [
    ...(/^https?:$/.test(protocol) ? [] : ['must begin with https://']),
    ...(username || password ? ['must not hold a user or a password: what is sent is signed'] : []),
    ...(hash ? ['must not have a fragment'] : []),
  ];
}

/** `*` is every event there is or will be. */
const events = z
  .array(z.enum([...webhookEvent.options, '*']))
  .min(1, 'must name at least one event; * is all')
  .max(webhookEvent.options.length + 1)
  .refine((names) => new Set(names).size === names.length, 'must not name an event twice');

export const createWebhook = z.strictObject({
  url,
  events,
  /** For people. Default: empty. */
  description: text(0, 200).default(''),
});
export type CreateWebhook = z.infer<typeof createWebhook>;

/** `enabled: false` sends nothing from now on; `true` again what happens from then on. */
export const updateWebhook = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  description: text(0, 200).optional(),
  enabled: z.boolean().optional(),
});
export type UpdateWebhook = z.infer<typeof updateWebhook>;

/** Why nothing is sent: a person said so, the receiver answered 410, or nothing got through for five days. */
const webhookDisabledReason = z.enum(['person', 'gone', 'failing']);
export type WebhookDisabledReason = z.infer<typeof webhookDisabledReason>;

export const webhookResource = z.object({
  id: uuid,
  url: z.string(),
  events: z.array(z.string()),
  description: z.string(),
  enabled: z.boolean(),
  disabled_at: instant.nullable(),
  disabled_reason: webhookDisabledReason.nullable(),
  /** Since when nothing has got through; null where the last attempt did. */
  failing_since: instant.nullable(),
  /** Until when the secret before the last rotation signs, too; null where there is none. */
  previous_secret_until: instant.nullable(),
  created_at: instant,
  updated_at: instant,
});
export type WebhookResource = z.infer<typeof webhookResource>;

/** The only answers with a secret: it is shown once. */
export const webhookWithSecret = webhookResource.extend({ secret: z.string().regex(/^whsec_[A-Za-z0-9+/]{43}=$/) });
export type WebhookWithSecret = z.infer<typeof webhookWithSecret>;

const deliveryStatus = z.enum(['waiting', 'delivered', 'failed']);
export type DeliveryStatus = z.infer<typeof deliveryStatus>;

/** One message to one webhook, with what became of it. */
export const deliveryResource = z.object({
  id: uuid,
  webhook_id: uuid,
  /** The header `webhook-id`: the same for every attempt and every replay. */
  message_id: z.string(),
  event: z.string(),
  status: deliveryStatus,
  /** Attempts begun. */
  attempts: z.int().nonnegative(),
  next_attempt_at: instant.nullable(),
  last_attempt_at: instant.nullable(),
  /** Status of the last answer; null where there was none. */
  last_status: z.int().nullable(),
  /** What was wrong with the last attempt, a sentence for people; null where nothing was. */
  last_error: z.string().nullable(),
  /** The delivery this one repeats, or null. */
  replay_of: uuid.nullable(),
  payload: webhookPayload,
  created_at: instant,
});
export type DeliveryResource = z.infer<typeof deliveryResource>;

/** `?status=`: only deliveries with this status. Default: all. */
export const deliveriesQuery = pageQuery.extend({ status: deliveryStatus.optional() });
export type DeliveriesQuery = z.infer<typeof deliveriesQuery>;

/** Path of one delivery. */
export const deliveryParams = z.object({ id: uuid, delivery_id: uuid });
