import { createHash, randomBytes } from 'node:crypto';

/**
 * Tickets let a socket in whose client can't send a header: issued to somebody who is known, redeemed once, by whichever
 * process the socket is on. What is kept is who it was issued to, under a hash of the ticket, so that whoever reads the
 * store can't use any.
 */
export interface Tickets<Bearer> {
  /** A new ticket for this bearer, good for `TICKET_SECONDS`. Rejects when the store does not answer. */
  issue(bearer: Bearer): Promise<string>;
  /**
   * Whom the ticket was issued to; null for one that is unknown, has expired or was redeemed before. Of simultaneous calls
   * with one ticket a single one gets its bearer. Rejects when the store does not answer.
   */
  redeem(ticket: string): Promise<Bearer | null>;
  close(): Promise<void>;
}

/** `pwt_` and 43 characters of base64url: 256 bits of chance. */
export const newTicket = (): string => `pwt_${randomBytes(32).toString('base64url')}`;

const FORM = /^pwt_[\w-]{43}$/;

/** What a ticket is kept under; null for what can't be one. */
export function ticketHash(ticket: string): string | null {
  return FORM.test(ticket) ? createHash('sha256').update(ticket).digest('hex') : null;
}
