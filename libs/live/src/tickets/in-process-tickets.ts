import { TICKET_SECONDS } from '@planwright/contracts';
import { newTicket, ticketHash } from './tickets.js';
import type { Tickets } from './tickets.js';

interface Kept<Bearer> {
  bearer: Bearer;
  expiresAtMs: number;
}

/** Tickets for one process. `nowMs`: a clock in milliseconds. */
export function createInProcessTickets<Bearer>(nowMs: () => number = () => performance.now()): Tickets<Bearer> {
  const kept = new Map<string, Kept<Bearer>>();
  // In the order they were issued, which is the order they expire in.
  const forget = () => {
    for (const [hash, { expiresAtMs }] of kept) {
      if (expiresAtMs > nowMs()) return;
      kept.delete(hash);
    }
  };
  return {
    issue: async (bearer) => {
      forget();
      const ticket = newTicket();
      kept.set(ticketHash(ticket) ?? '', { bearer, expiresAtMs: nowMs() + TICKET_SECONDS * 1_000 });
      return ticket;
    },
    redeem: async (ticket) => {
      forget();
      const hash = ticketHash(ticket) ?? '';
      const found = kept.get(hash);
      kept.delete(hash);
      return found?.bearer ?? null;
    },
    close: async () => kept.clear(),
  };
}
