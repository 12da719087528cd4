import { z } from 'zod';

/** How long a ticket is good, in seconds. */
export const TICKET_SECONDS = 60;

/** Lets one socket in, once: sent as `{type: "authenticate", ticket}` in its first frame. */
export const ticketResource = z.object({
  ticket: z.string(),
  /** Seconds. */
  expires_in: z.int().positive(),
});
export type TicketResource = z.infer<typeof ticketResource>;
