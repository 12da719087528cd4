import { z } from 'zod';

/**
 * The `Idempotency-Key` header: any name the caller gives to one change, such as a UUID. For 24 hours the same key on the
 * same route answers what the first request was answered, whatever happened since, and changes nothing.
 */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters');
