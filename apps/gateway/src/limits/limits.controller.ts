import { Controller, Get } from '@nestjs/common';
import type { LimitsReport } from '@planwright/contracts';
import type { Caller } from '@planwright/persistence';
import { WithCaller } from '../auth/caller.js';
import { ReadLimits } from './read-limits.js';

@Controller('/v1/limits')
export class LimitsController {
  constructor(private readonly readLimits: ReadLimits) {}

  @Get()
  get(@WithCaller() { workspaceId }: Caller): Promise<LimitsReport> {
    return this.readLimits.execute(workspaceId);
  }
}
