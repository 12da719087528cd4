import { Controller, Get, Query } from '@nestjs/common';
import type { UsageQuery, UsageReport } from '@planwright/contracts';
import { usageQuery } from '@planwright/contracts';
import type { Caller } from '@planwright/persistence';
import { WithCaller } from '../auth/caller.js';
import { Valid } from '../http/valid.js';
import { ReadUsage } from './read-usage.js';

@Controller('/v1/usage')
export class UsageController {
  constructor(private readonly readUsage: ReadUsage) {}

  @Get()
  get(
    @WithCaller() { workspaceId }: Caller,
    @Query(new Valid(usageQuery, 'query')) query: UsageQuery,
  ): Promise<UsageReport> {
    return this.readUsage.execute(workspaceId, query);
  }
}
