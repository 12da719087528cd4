import { z } from 'zod';
import { liveEnvelope, projectEventBody, runEventBody } from '../live/events.js';
import { featureEventBody } from '../live/feature-events.js';
import { queryNumber } from './query-number.js';

/** `GET /v1/runs/{id}/events` and its like as JSON: what follows `epoch:after`, waiting up to `wait` seconds for something new. */
export const eventsQuery = z
  .strictObject({
    epoch: z.string().min(1).max(64).optional(),
    after: queryNumber(0).optional(),
    limit: queryNumber(1, 1_000).default(500),
    wait: queryNumber(0, 30).default(0),
  })
  .refine((query) => query.after === undefined || query.epoch !== undefined, {
    path: ['epoch'],
    error: '`after` needs the `epoch` it belongs to',
  });
export type EventsQuery = z.infer<typeof eventsQuery>;

/** A page of live events. `reset` is true when the asked position is not of this epoch: start again with the first event. */
const pageOf = <Body extends z.ZodType>(body: Body) =>
  z.object({
    channel: z.string(),
    epoch: z.string(),
    /** Number of the newest event in the log. */
    seq: z.int().nonnegative(),
    reset: z.boolean(),
    events: z.array(z.intersection(liveEnvelope, body)),
  });

export const eventsPage = pageOf(runEventBody);
export const projectEventsPage = pageOf(projectEventBody);
export const featureEventsPage = pageOf(featureEventBody);
