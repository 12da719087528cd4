import { z } from 'zod';
import { instant, uuid } from '../ids.js';
import { role } from '../roles.js';
import { text } from './text.js';

const DAY_SECONDS = 86_400;
/** Longest time the secret before a rotation goes on, in seconds: 30 days. */
const MAX_GRACE_SECONDS = 30 * DAY_SECONDS;

/** An API key as lists show it: everything but the secret. */
export const apiKeyResource = z.object({
  id: uuid,
  name: z.string(),
  role,
  /** How the key begins (`pw_7k2m9qxa`); null for one that came from the configuration. */
  prefix: z.string().nullable(),
  /** `key:{id}`, `jwt:{sub}`, `local`, `ops:{user}` or `configuration`. */
  created_by: z.string(),
  created_at: instant,
  /** Null: never. */
  expires_at: instant.nullable(),
  /** To the minute; null: never used. */
  last_used_at: instant.nullable(),
  rotated_at: instant.nullable(),
  /** Until then the secret before the last rotation is good, too. */
  previous_expires_at: instant.nullable(),
  revoked_at: instant.nullable(),
});
export type ApiKeyResource = z.infer<typeof apiKeyResource>;

export const createApiKey = z.strictObject({
  name: text(1, 100),
  /** Not above the role of whoever makes it. */
  role,
  /** From then on the key is refused; null: never. */
  expires_at: instant.nullable().default(null),
});
export type CreateApiKey = z.infer<typeof createApiKey>;

export const rotateApiKey = z.strictObject({
  /** How long the secret of before is good besides the new one. 0: it ends at once. Default: a day. */
  grace_seconds: z.int().min(0).max(MAX_GRACE_SECONDS).default(DAY_SECONDS),
});
export type RotateApiKey = z.infer<typeof rotateApiKey>;

/** The one answer that has the key itself. It is kept nowhere: whoever loses it rotates the key. */
export const issuedApiKey = apiKeyResource.extend({ key: z.string() });
export type IssuedApiKey = z.infer<typeof issuedApiKey>;
