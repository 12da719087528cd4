import type { TicketResource } from '@planwright/contracts';
import { TICKET_SECONDS } from '@planwright/contracts';
import type { Tickets } from '@planwright/live';
import type { Caller } from '@planwright/persistence';
import type { Logger } from '@planwright/runtime';
import { RequestProblem } from '../http/problem.js';

/** Gives a caller what lets one socket in, with the rights of the caller and not for longer than those last. */
export class IssueTicket {
  constructor(
    private readonly tickets: Tickets<Caller>,
    private readonly log: Logger,
  ) {}

  /** Throws 503 while the store of tickets does not answer. */
  async execute({ requestId: _, ...bearer }: Caller): Promise<TicketResource> {
    try {
      return { ticket: await this.tickets.issue(bearer), expires_in: TICKET_SECONDS };
    } catch (error) {
      this.log.warn({ err: error }, 'tickets can not be issued');
      throw new RequestProblem('unavailable', 'Tickets can not be issued right now.');
    }
  }
}
