import { z } from 'zod';
import { instant, uuid } from '../ids.js';

/** One change, as it was noted in the transaction that made it. */
export const auditEntry = z.object({
  id: uuid,
  /** `key:{id}`, `jwt:{sub}`, `local` (no keys are asked for) or `ops:{user}` (at the server's terminal). */
  actor: z.string(),
  /** `subject.verb`, such as `api_key.create`. */
  action: z.string(),
  /** What it was done to, by its id. */
  subject: z.string(),
  /** Of the request that did it; null for what was done past the API. */
  request_id: z.string().nullable(),
  /** SHA-256 of what it was before and after, where that is noted. */
  before_hash: z.string().nullable(),
  after_hash: z.string().nullable(),
  at: instant,
});
export type AuditEntryResource = z.infer<typeof auditEntry>;
