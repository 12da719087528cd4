import { z } from 'zod';
import { liveEnvelope, runEventBody } from '../live/events.js';

/** `GET /v1/runs/{id}/events` as JSON: what follows `epoch:after`, waiting up to `wait` seconds for something new. */
export const eventsQuery = z
  .strictObject({
    epoch: z.string().min(1).max(64).optional(),
    after: z.coerce.number().int().nonnegative().optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(500),
    wait: z.coerce.number().int().min(0).max(30).default(0),
  })
  .refine((query) => query.after === undefined || query.epoch !== undefined, {
    path: ['epoch'],
    error: '`after` needs the `epoch` it belongs to',
  });
export type EventsQuery = z.infer<typeof eventsQuery>;

/** A page of live events. `reset` is true when the asked position is not of this epoch: start again with the first event. */
export const eventsPage = z.object({
  channel: z.string(),
  epoch: z.string(),
  /** Number of the newest event in the log. */
  seq: z.int().nonnegative(),
  reset: z.boolean(),
  events: z.array(z.intersection(liveEnvelope, runEventBody)),
});
