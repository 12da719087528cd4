import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { replaceColumns } from '@planwright/contracts';
import type { ColumnsResource, ReplaceColumns as ReplaceColumnsBody } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import { WithCaller } from '../auth/caller.js';
import { WithOptionalIfMatch } from '../http/if-match.js';
import type { Expected } from '../http/if-match.js';
import { notFound } from '../http/problem.js';
import { Valid, validId } from '../http/valid.js';
import { ReplaceColumns } from './replace-columns.js';

@Controller('/v1/projects/:id/columns')
export class ColumnsController {
  constructor(
    private readonly database: Database,
    private readonly replaceColumns: ReplaceColumns,
  ) {}

  @Get()
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }): Promise<ColumnsResource> {
    if (!(await this.database.read.project(workspaceId, id))) throw notFound('project', id);
    return { project_id: id, ...(await this.database.read.columns(workspaceId, id)) };
  }

  @Put()
  replace(
    @WithCaller() caller: Caller,
    @Param(validId) { id }: { id: string },
    @WithOptionalIfMatch() expected: Expected,
    @Body(new Valid(replaceColumns)) body: ReplaceColumnsBody,
  ): Promise<ColumnsResource> {
    return this.replaceColumns.execute({ by: caller, projectId: id, body, expected });
  }
}
