import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { PageQuery, RunResource, StartRunRequest } from '@planwright/contracts';
import { startRun } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';
import { Valid, validId, validPage } from '../http/valid.js';
import { CancelRun } from './cancel-run.js';
import { ReadRun } from './read-run.js';
import { StartRun } from './start-run.js';

/** Every field has a default, so no body at all is fine, too. */
const validStart = new Valid(startRun.nullish().transform((body): StartRunRequest => body ?? {}));

@Controller('/v1')
export class RunsController {
  constructor(
    private readonly database: Database,
    private readonly startRun: StartRun,
    private readonly cancelRun: CancelRun,
    private readonly readRun: ReadRun,
  ) {}

  @Post('projects/:id/runs')
  @HttpCode(202)
  async start(
    @WithCaller() caller: Caller,
    @Param(validId) { id }: { id: string },
    @Body(validStart) body: StartRunRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunResource> {
    const run = await this.startRun.execute(caller, id, body);
    void reply.header('location', `/v1/runs/${run.id}`);
    return run;
  }

  @Get('projects/:id/runs')
  async list(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Query(validPage) page: PageQuery,
  ) {
    if (!(await this.database.read.project(workspaceId, id))) throw notFound('project', id);
    return this.database.read.runs(workspaceId, id, page);
  }

  @Get('runs/:id')
  get(@WithCaller() caller: Caller, @Param(validId) { id }: { id: string }): Promise<RunResource> {
    return this.read(caller, id);
  }

  @Post('runs/:id/cancel')
  @HttpCode(202)
  async cancel(@WithCaller() caller: Caller, @Param(validId) { id }: { id: string }): Promise<RunResource> {
    if (!(await this.cancelRun.execute(caller.workspaceId, id))) throw notFound('run', id);
    return this.read(caller, id);
  }

  private async read({ workspaceId }: Caller, id: string): Promise<RunResource> {
    const run = await this.readRun.execute(workspaceId, id);
    if (!run) throw notFound('run', id);
    return run;
  }
}
