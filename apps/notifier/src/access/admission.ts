import type { IncomingHttpHeaders } from 'node:http';
import { CLOSE_CODES, notLocal, otherOrigin } from '@planwright/contracts';
import { AccessRefused, isLocalRequest, mayOpenSocket } from '@planwright/runtime';
import type { Auth, Bearer, Log } from '../ports.js';
import type { NotifierSettings } from '../settings.js';

/** A socket is let in, or refused and closed with a code. */
export type Admitted =
  | { kind: 'admitted'; bearer: Bearer }
  | { kind: 'refused'; code: 'unauthenticated' | 'forbidden' | 'unavailable'; message: string; close: number };

const CLOSES = {
  unauthenticated: CLOSE_CODES.unauthenticated,
  forbidden: CLOSE_CODES.forbidden,
  unavailable: CLOSE_CODES.overloaded,
} as const;

const refused = (code: keyof typeof CLOSES, message: string): Admitted => ({
  kind: 'refused',
  code,
  message,
  close: CLOSES[code],
});

/** By the upgrade: who may not ask at all, then the bearer of its header; without one a ticket can still come. */
export async function admitUpgrade(
  auth: Auth,
  headers: IncomingHttpHeaders,
  log: Log,
): Promise<Admitted | { kind: 'ticket_needed' }> {
  if (auth.localOnly && !isLocalRequest(headers)) return refused('forbidden', notLocal().detail);
  if (!auth.localOnly && !mayOpenSocket(headers, auth.allowedOrigins ?? [])) {
    return refused('forbidden', otherOrigin().detail);
  }
  if (!auth.localOnly && auth.redeem && headers.authorization === undefined) return { kind: 'ticket_needed' };
  return admit(log, () => auth.authenticate(headers.authorization), NO_KEY);
}

/** By the first frame, where the upgrade had no bearer. What is no ticket is refused like a wrong one. */
export function admitTicket(
  { auth, log, settings }: { auth: Auth; log: Log; settings: Pick<NotifierSettings, 'ticketMs'> },
  ticket: string | null,
): Promise<Admitted> {
  return admit(
    log,
    async () => {
      const bearer = ticket === null ? null : ((await auth.redeem?.(ticket)) ?? null);
      // A key may have been revoked between the ticket and the socket.
      return bearer && ((await auth.holds?.(bearer)) ?? true) ? bearer : null;
    },
    ticket === null ? ticketFirst(settings.ticketMs) : NO_TICKET,
  );
}

/** For a socket that sent nothing in time. */
export const tooLate = (ticketMs: number): Admitted => refused('unauthenticated', ticketFirst(ticketMs));

const NO_KEY =
  'A valid key is required: send `Authorization: Bearer <API key>` with the upgrade, or a ticket in the first frame.';
const ticketFirst = (ticketMs: number) =>
  `The first frame must be {"type": "authenticate", "ticket": …} within ${ticketMs / 1_000} seconds; POST /v1/realtime/tickets gives a ticket.`;
const NO_TICKET =
  'The ticket is unknown, was used before or has expired: get another one from POST /v1/realtime/tickets.';

async function admit(log: Log, find: () => Promise<Bearer | null>, otherwise: string): Promise<Admitted> {
  try {
    const bearer = await find();
    return bearer ? { kind: 'admitted', bearer } : refused('unauthenticated', otherwise);
  } catch (error) {
    if (error instanceof AccessRefused) return refused(error.code, error.message);
    log.error({ err: error }, 'a socket could not be authenticated');
    return refused('unavailable', 'The key can not be checked right now; come back in a few seconds.');
  }
}
