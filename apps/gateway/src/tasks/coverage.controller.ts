import { Controller, Get, Param } from '@nestjs/common';
import type { CoverageReport } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import { coverageOf } from '@planwright/plan';
import { WithCaller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';
import { validId } from '../http/valid.js';

@Controller('/v1')
export class CoverageController {
  constructor(private readonly database: Database) {}

  @Get('projects/:id/coverage')
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }): Promise<CoverageReport> {
    const plan = await this.database.read.linkedPlan(workspaceId, id);
    if (!plan) throw notFound('project', id);
    return coverageOf(plan.requirements, plan.tasks);
  }
}
