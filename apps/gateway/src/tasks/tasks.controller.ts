import { Controller, Get, Param, Query } from '@nestjs/common';
import type { PageQuery } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import { WithCaller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';
import { validId, validPage } from '../http/valid.js';

@Controller('/v1')
export class TasksController {
  constructor(private readonly database: Database) {}

  @Get('projects/:id/tasks')
  async list(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Query(validPage) page: PageQuery,
  ) {
    if (!(await this.database.read.project(workspaceId, id))) throw notFound('project', id);
    return this.database.read.tasks(workspaceId, id, page);
  }

  @Get('tasks/:id')
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }) {
    const task = await this.database.read.task(workspaceId, id);
    if (!task) throw notFound('task', id);
    return task;
  }
}
