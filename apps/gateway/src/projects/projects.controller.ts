import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { CreateProject, ProjectsQuery, UpdateProject } from '@planwright/contracts';
import { createProject, projectsQuery, updateProject } from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import { answerChange, MakeChange } from '../changes/make-change.js';
import { WithRequestName } from '../changes/request-name.js';
import type { RequestName } from '../changes/request-name.js';
import { refuseOtherState, WithOptionalIfMatch } from '../http/if-match.js';
import type { Expected } from '../http/if-match.js';
import { notFound, RequestProblem } from '../http/problem.js';
import { Valid, validId } from '../http/valid.js';
import { DeleteProject } from './delete-project.js';

@Controller('/v1/projects')
export class ProjectsController {
  constructor(
    private readonly database: Database,
    private readonly makeChange: MakeChange,
    private readonly deleteProject: DeleteProject,
  ) {}

  @Post()
  async create(
    @WithCaller() { workspaceId }: Caller,
    @WithRequestName() request: RequestName,
    @Body(new Valid(createProject)) body: CreateProject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.makeChange.execute({ ...request, workspaceId, body }, async (tx) => {
      const id = newId();
      await tx.projects.insert({ ...body, id, workspaceId });
      const project = await tx.read.project(workspaceId, id);
      if (!project) throw new Error(`project ${id} was inserted, but is not there`);
      return { status: 201, body: project, location: `/v1/projects/${id}` };
    });
    return answerChange(reply, answer);
  }

  @Get()
  list(@WithCaller() { workspaceId }: Caller, @Query(new Valid(projectsQuery, 'query')) query: ProjectsQuery) {
    return this.database.read.projects(workspaceId, query);
  }

  @Get(':id')
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }) {
    const project = await this.database.read.project(workspaceId, id);
    if (!project) throw notFound('project', id);
    return project;
  }

  @Patch(':id')
  async update(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @WithOptionalIfMatch() expected: Expected,
    @Body(new Valid(updateProject)) body: UpdateProject,
  ) {
    if (Object.keys(body).length === 0) {
      throw new RequestProblem('invalid_request', 'The body names nothing to change.', {
        errors: [{ pointer: '/', code: 'empty', message: 'must have at least one field' }],
      });
    }
    const project = await this.database.transaction(async (tx) => {
      if (expected && (await tx.projects.lock(workspaceId, id))) {
        const current = await tx.read.project(workspaceId, id);
        if (current) refuseOtherState(expected, current, 'project');
      }
      await tx.projects.update(workspaceId, id, body);
      return tx.read.project(workspaceId, id);
    });
    if (!project) throw notFound('project', id);
    return project;
  }

  @Delete(':id')
  @HttpCode(204)
  @Header('content-length', '0')
  async delete(@WithCaller() caller: Caller, @Param(validId) { id }: { id: string }): Promise<void> {
    if (!(await this.deleteProject.execute(caller, id))) throw notFound('project', id);
  }
}
