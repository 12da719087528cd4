import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import type { ExportQuery, PlanBundle } from '@planwright/contracts';
import { exportQuery, planBundle } from '@planwright/contracts';
import { contentDisposition } from '@planwright/export';
import type { Caller } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import { answerChange } from '../changes/make-change.js';
import { WithRequestName } from '../changes/request-name.js';
import type { RequestName } from '../changes/request-name.js';
import { isKnown } from '../http/entity-tag.js';
import { Valid, validId } from '../http/valid.js';
import { ExportProject } from './export-project.js';
import { ImportProject } from './import-project.js';

@Controller('/v1/projects')
export class ExportsController {
  constructor(
    private readonly exportProject: ExportProject,
    private readonly importProject: ImportProject,
  ) {}

  @Get(':id/export')
  async export(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Query(new Valid(exportQuery, 'query')) query: ExportQuery,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const { etag, make } = await this.exportProject.execute(workspaceId, id, query);
    void reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (isKnown(etag, known)) {
      void reply.status(304);
      return undefined;
    }
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    const { name, type, content } = await make(left.signal);
    void reply.headers({ 'content-type': type, 'content-disposition': contentDisposition(name) });
    return Buffer.from(content);
  }

  @Post('import')
  async import(
    @WithCaller() caller: Caller,
    @WithRequestName() request: RequestName,
    @Body(new Valid(planBundle)) bundle: PlanBundle,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answerChange(reply, await this.importProject.execute(caller, request, bundle));
  }
}
