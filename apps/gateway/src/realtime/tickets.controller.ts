import { Controller, Post } from '@nestjs/common';
import type { TicketResource } from '@planwright/contracts';
import type { Caller } from '@planwright/persistence';
import { WithCaller } from '../auth/caller.js';
import { IssueTicket } from './issue-ticket.js';

@Controller('/v1/realtime/tickets')
export class TicketsController {
  constructor(private readonly issueTicket: IssueTicket) {}

  @Post()
  create(@WithCaller() caller: Caller): Promise<TicketResource> {
    return this.issueTicket.execute(caller);
  }
}
