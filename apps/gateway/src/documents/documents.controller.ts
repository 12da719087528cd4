import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { regenerateSection, sectionName, uuid } from '@planwright/contracts';
import type { PageQuery, RegenerateSection as RegenerateBody, RunEstimate, VersionDiff } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { WithCaller } from '../auth/caller.js';
import { answerChange } from '../changes/make-change.js';
import { WithRequestName } from '../changes/request-name.js';
import type { RequestName } from '../changes/request-name.js';
import { notFound } from '../http/problem.js';
import { Valid, validId, validPage } from '../http/valid.js';
import { WithWait } from '../http/with-wait.js';
import { RegenerateSection } from '../runs/regenerate-section.js';
import { ActivateVersion } from './activate-version.js';
import { ArchiveDocument } from './archive-document.js';
import { diffVersions } from './diff-versions.js';

const sectionPath = z.object({ prd_id: uuid, section_id: sectionName });
const validPair = new Valid(z.object({ id: uuid, other: uuid }), 'path');
const validSection = new Valid(sectionPath, 'path');
/** Every field has a default, so no body at all is fine, too. */
const validRegenerate = new Valid(
  regenerateSection.nullish().transform((body): RegenerateBody => body ?? regenerateSection.parse({})),
);

@Controller('/v1')
export class DocumentsController {
  constructor(
    private readonly database: Database,
    private readonly activateVersion: ActivateVersion,
    private readonly archiveDocument: ArchiveDocument,
    private readonly regenerateSection: RegenerateSection,
  ) {}

  @Get('projects/:id/documents')
  async list(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Query(validPage) page: PageQuery,
  ) {
    if (!(await this.database.read.project(workspaceId, id))) throw notFound('project', id);
    return this.database.read.documents(workspaceId, id, page);
  }

  @Get('documents/:id')
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }) {
    const document = await this.database.read.document(workspaceId, id);
    if (!document) throw notFound('document', id);
    return document;
  }

  @Get('documents/:id/versions')
  async versions(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Query(validPage) page: PageQuery,
  ) {
    if (!(await this.database.read.document(workspaceId, id))) throw notFound('document', id);
    return this.database.read.versions(workspaceId, id, page);
  }

  @Get('versions/:id')
  async version(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }) {
    const version = await this.database.read.version(workspaceId, id);
    if (!version) throw notFound('version', id);
    return version;
  }

  @Get('versions/:id/diff/:other')
  async diff(
    @WithCaller() { workspaceId }: Caller,
    @Param(validPair) { id, other }: { id: string; other: string },
  ): Promise<VersionDiff> {
    const from = await this.database.read.version(workspaceId, id);
    if (!from) throw notFound('version', id);
    const to = await this.database.read.version(workspaceId, other);
    if (!to || to.document_id !== from.document_id) throw notFound('version of the same document', other);
    return diffVersions(from, to);
  }

  @Post('versions/:id/activate')
  @HttpCode(200)
  async activate(
    @WithCaller() caller: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { workspaceId } = caller;
    return answerChange(reply, await this.activateVersion.execute(caller, { ...request, workspaceId, body: null }, id));
  }

  @Post('documents/:id/archive')
  @HttpCode(200)
  async archive(
    @WithCaller() caller: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { workspaceId } = caller;
    return answerChange(reply, await this.archiveDocument.execute(caller, { ...request, workspaceId, body: null }, id));
  }

  @Post('prds/:prd_id/sections/:section_id/regenerate')
  @HttpCode(202)
  async regenerate(
    @WithCaller() { workspaceId, name }: Caller,
    @WithRequestName() request: RequestName,
    @Param(validSection) { prd_id: documentId, section_id: sectionId }: z.infer<typeof sectionPath>,
    @WithWait() seconds: number | null,
    @Body(validRegenerate) body: RegenerateBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | RunEstimate> {
    const asked = { ...request, workspaceId, body, triggeredBy: name };
    const place = { documentId, sectionId };
    if (body.dry_run) {
      void reply.status(200).removeHeader('preference-applied');
      return this.regenerateSection.preview(asked, place);
    }
    return answerChange(reply, await this.regenerateSection.execute(asked, place, (seconds ?? 0) * 1_000));
  }
}
