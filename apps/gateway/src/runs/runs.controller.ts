import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type {
  PageQuery,
  RetryRun as RetryRunBody,
  RunEstimate,
  RunResource,
  StartRun as StartRunBody,
} from '@planwright/contracts';
import { retryRun, startRun } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import { answerChange } from '../changes/make-change.js';
import { WithRequestName } from '../changes/request-name.js';
import type { RequestName } from '../changes/request-name.js';
import { notFound } from '../http/problem.js';
import { Valid, validId, validPage } from '../http/valid.js';
import { WithWait } from '../http/with-wait.js';
import { CancelRun } from './cancel-run.js';
import { ReadRun } from './read-run.js';
import { RetryRun } from './retry-run.js';
import { StartRun } from './start-run.js';
import { WaitForEnd } from './wait-for-end.js';

/** Every field has a default, so no body at all is fine, too. */
const validStart = new Valid(startRun.nullish().transform((body): StartRunBody => body ?? startRun.parse({})));
const validRetry = new Valid(retryRun.nullish().transform((body): RetryRunBody => body ?? retryRun.parse({})));

@Controller('/v1')
export class RunsController {
  constructor(
    private readonly database: Database,
    private readonly startRun: StartRun,
    private readonly cancelRun: CancelRun,
    private readonly retryRun: RetryRun,
    private readonly readRun: ReadRun,
    private readonly waitForEnd: WaitForEnd,
  ) {}

  @Post('projects/:id/runs')
  @HttpCode(202)
  async start(
    @WithCaller() { workspaceId, name }: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @WithWait() seconds: number | null,
    @Body(validStart) body: StartRunBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | RunEstimate> {
    const asked = { ...request, workspaceId, body, triggeredBy: name };
    if (!body.dry_run) {
      const answer = await this.startRun.execute(asked, id);
      return answerChange(reply, await this.waitForEnd.execute(workspaceId, answer, seconds));
    }
    void reply.removeHeader('preference-applied');
    void reply.status(200);
    return this.startRun.preview(asked, id);
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
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }): Promise<RunResource> {
    const run = await this.readRun.execute(workspaceId, id);
    if (!run) throw notFound('run', id);
    return run;
  }

  @Post('runs/:id/cancel')
  @HttpCode(202)
  async cancel(
    @WithCaller() { workspaceId }: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @WithWait() seconds: number | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.cancelRun.execute({ ...request, workspaceId, body: null }, id);
    return answerChange(reply, await this.waitForEnd.execute(workspaceId, answer, seconds));
  }

  @Post('runs/:id/retry')
  @HttpCode(202)
  async retry(
    @WithCaller() { workspaceId, name }: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @WithWait() seconds: number | null,
    @Body(validRetry) body: RetryRunBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.retryRun.execute({ ...request, workspaceId, body, triggeredBy: name }, id);
    return answerChange(reply, await this.waitForEnd.execute(workspaceId, answer, seconds));
  }
}
