import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type {
  CreateWebhook as CreateWebhookBody,
  DeliveriesQuery,
  PageQuery,
  UpdateWebhook,
  WebhookWithSecret,
} from '@planwright/contracts';
import { createWebhook, deliveriesQuery, deliveryParams, updateWebhook } from '@planwright/contracts';
import { Database, noteAudit } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import { answerChange } from '../changes/make-change.js';
import { WithRequestName } from '../changes/request-name.js';
import type { RequestName } from '../changes/request-name.js';
import { notFound } from '../http/problem.js';
import { Valid, validId, validPage } from '../http/valid.js';
import { AskDelivery } from './ask-delivery.js';
import { ChangeWebhook } from './change-webhook.js';
import { CreateWebhook } from './create-webhook.js';

@Controller('/v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly database: Database,
    private readonly createWebhook: CreateWebhook,
    private readonly changeWebhook: ChangeWebhook,
    private readonly askDelivery: AskDelivery,
  ) {}

  @Post()
  async create(
    @WithCaller() caller: Caller,
    @Body(new Valid(createWebhook)) body: CreateWebhookBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookWithSecret> {
    const webhook = await this.createWebhook.execute(caller, body);
    void reply.header('location', `/v1/webhooks/${webhook.id}`);
    return webhook;
  }

  @Get()
  list(@WithCaller() { workspaceId }: Caller, @Query(validPage) page: PageQuery) {
    return this.database.read.webhooks(workspaceId, page);
  }

  @Get(':id')
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }) {
    const webhook = await this.database.read.webhook(workspaceId, id);
    if (!webhook) throw notFound('webhook', id);
    return webhook;
  }

  @Patch(':id')
  update(
    @WithCaller() caller: Caller,
    @Param(validId) { id }: { id: string },
    @Body(new Valid(updateWebhook)) body: UpdateWebhook,
  ) {
    return this.changeWebhook.update(caller, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Header('content-length', '0')
  async delete(@WithCaller() caller: Caller, @Param(validId) { id }: { id: string }): Promise<void> {
    const deleted = await this.database.transaction(async (tx) => {
      const isDeleted = await tx.webhooks.delete(caller.workspaceId, id);
      if (isDeleted) await noteAudit(tx, caller, { action: 'webhook.delete', subject: id });
      return isDeleted;
    });
    if (!deleted) throw notFound('webhook', id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  rotate(@WithCaller() caller: Caller, @Param(validId) { id }: { id: string }) {
    return this.changeWebhook.rotate(caller, id);
  }

  @Post(':id/test')
  @HttpCode(202)
  async test(
    @WithCaller() caller: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const asked = { ...request, workspaceId: caller.workspaceId, body: null };
    return answerChange(reply, await this.askDelivery.test(caller, asked, id));
  }

  @Get(':id/deliveries')
  async deliveries(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Query(new Valid(deliveriesQuery, 'query')) query: DeliveriesQuery,
  ) {
    if (!(await this.database.read.webhook(workspaceId, id))) throw notFound('webhook', id);
    return this.database.read.deliveries(workspaceId, id, query);
  }

  @Post(':id/deliveries/:delivery_id/replay')
  @HttpCode(202)
  async replay(
    @WithCaller() caller: Caller,
    @WithRequestName() request: RequestName,
    @Param(new Valid(deliveryParams, 'path')) params: { id: string; delivery_id: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const asked = { ...request, workspaceId: caller.workspaceId, body: null };
    return answerChange(reply, await this.askDelivery.replay(caller, asked, params.id, params.delivery_id));
  }
}
