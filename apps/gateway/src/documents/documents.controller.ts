import { Controller, Get, Param, Query } from '@nestjs/common';
import type { PageQuery } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import { WithCaller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';
import { validId, validPage } from '../http/valid.js';

@Controller('/v1')
export class DocumentsController {
  constructor(private readonly database: Database) {}

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
}
