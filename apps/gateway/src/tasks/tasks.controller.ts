import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { createTask, decideSuggestion, moveTask, taskETag, tasksQuery, updateTask } from '@planwright/contracts';
import type {
  CreateTask,
  DecideSuggestion,
  MoveTask,
  TaskResource,
  TasksQuery,
  UpdateTask,
} from '@planwright/contracts';
import { Database, noteAudit } from '@planwright/persistence';
import type { BoardAnswer, Caller, CardToChange, Tx } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import { answerChange } from '../changes/make-change.js';
import type { ChangeAnswer } from '../changes/make-change.js';
import { WithRequestName } from '../changes/request-name.js';
import type { RequestName } from '../changes/request-name.js';
import { WithIfMatch, WithOptionalIfMatch } from '../http/if-match.js';
import type { Expected } from '../http/if-match.js';
import { notFound, RequestProblem } from '../http/problem.js';
import { Valid, validId } from '../http/valid.js';
import { ChangeBoard } from './change-board.js';

const validQuery = new Valid(tasksQuery, 'query');

@Controller('/v1')
export class TasksController {
  constructor(
    private readonly database: Database,
    private readonly changeBoard: ChangeBoard,
  ) {}

  @Get('projects/:id/tasks')
  async list(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Query(validQuery) { limit, cursor, ...filter }: TasksQuery,
  ) {
    if (!(await this.database.read.project(workspaceId, id))) throw notFound('project', id);
    return this.database.read.tasks(workspaceId, id, { limit, cursor }, filter);
  }

  @Post('projects/:id/tasks')
  async create(
    @WithCaller() { workspaceId }: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @Body(new Valid(createTask)) body: CreateTask,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.changeBoard.execute(
      { ...request, workspaceId, body },
      { what: 'project', id },
      (tx) => tx.tasks.create(workspaceId, id, body),
      201,
    );
    return answerCard(reply, answer);
  }

  @Get('tasks/:id')
  async get(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const task = await this.database.read.task(workspaceId, id);
    if (!task) throw notFound('task', id);
    void reply.header('etag', taskETag(task));
    return task;
  }

  @Patch('tasks/:id')
  async update(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @WithIfMatch() expected: Expected,
    @Body(new Valid(updateTask)) body: UpdateTask,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (Object.keys(body).length === 0) {
      throw new RequestProblem('invalid_request', 'The body names nothing to change.', {
        errors: [{ pointer: '/', code: 'empty', message: 'must have at least one field' }],
      });
    }
    return this.change(reply, { workspaceId, taskId: id, expected }, (tx, card) => tx.tasks.edit(card, body));
  }

  @Delete('tasks/:id')
  @HttpCode(204)
  @Header('content-length', '0')
  async delete(
    @WithCaller() caller: Caller,
    @Param(validId) { id }: { id: string },
    @WithIfMatch() expected: Expected,
  ): Promise<void> {
    const { workspaceId } = caller;
    await this.answer({ workspaceId, taskId: id, expected }, async (tx, card) => {
      const answer = await tx.tasks.delete(card);
      if (answer.ok && answer.changes.length > 0) await noteAudit(tx, caller, { action: 'task.delete', subject: id });
      return answer;
    });
  }

  @Post('tasks/:id/move')
  @HttpCode(200)
  async move(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @WithIfMatch() expected: Expected,
    @Body(new Valid(moveTask)) body: MoveTask,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.change(reply, { workspaceId, taskId: id, expected }, (tx, card) => tx.tasks.move(card, body));
  }

  @Post('tasks/:id/restore')
  @HttpCode(200)
  async restore(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @WithOptionalIfMatch() expected: Expected,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.change(reply, { workspaceId, taskId: id, expected }, (tx, card) => tx.tasks.restore(card));
  }

  @Post('tasks/:id/suggestion')
  @HttpCode(200)
  async decide(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @WithOptionalIfMatch() expected: Expected,
    @Body(new Valid(decideSuggestion)) body: DecideSuggestion,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.change(reply, { workspaceId, taskId: id, expected }, (tx, card) => tx.tasks.decide(card, body));
  }

  private async change(
    reply: FastifyReply,
    card: CardToChange,
    work: (tx: Tx, card: CardToChange) => Promise<BoardAnswer>,
  ): Promise<string> {
    return answerCard(reply, await this.answer(card, work));
  }

  /** `If-Match` is what keeps a request from being carried out twice: it needs no key. */
  private answer(card: CardToChange, work: (tx: Tx, card: CardToChange) => Promise<BoardAnswer>) {
    const { workspaceId, taskId } = card;
    const request = { key: null, route: '', workspaceId, body: null };
    return this.changeBoard.execute(request, { what: 'task', id: taskId }, (tx) => work(tx, card));
  }
}

function answerCard(reply: FastifyReply, answer: ChangeAnswer): string {
  void reply.header('etag', taskETag(JSON.parse(answer.body) as TaskResource));
  return answerChange(reply, answer);
}
