import { Controller, Get, Query } from '@nestjs/common';
import type { AuditEntryResource, Page, PageQuery } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import { WithCaller } from '../auth/caller.js';
import { validPage } from '../http/valid.js';

/** What was changed in the caller's workspace, and by whom. Read only, as the log itself is for everybody. */
@Controller('/v1/audit-log')
export class AuditLogController {
  constructor(private readonly database: Database) {}

  @Get()
  list(@WithCaller() { workspaceId }: Caller, @Query(validPage) page: PageQuery): Promise<Page<AuditEntryResource>> {
    return this.database.read.auditLog(workspaceId, page);
  }
}
