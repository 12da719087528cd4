import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { createApiKey, rotateApiKey } from '@planwright/contracts';
import type { ApiKeyResource, CreateApiKey, IssuedApiKey, Page, PageQuery, RotateApiKey } from '@planwright/contracts';
import { createKey, Database, revokeKey, rotateKey } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import { notFound } from '../http/problem.js';
import { Valid, validId, validPage } from '../http/valid.js';
import { refuseNewKey, refuseRotation } from './refuse-key.js';

const validRotation = new Valid(rotateApiKey.prefault({}));

/**
 * Keys of the caller's workspace. None of this takes an `Idempotency-Key`: its kept answer would be a second copy of the
 * secret.
 */
@Controller('/v1/api-keys')
export class ApiKeysController {
  constructor(private readonly database: Database) {}

  @Post()
  async create(
    @WithCaller() caller: Caller,
    @Body(new Valid(createApiKey)) body: CreateApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedApiKey> {
    const issued = await this.database.transaction((tx) => createKey(tx, caller, body));
    if (!issued.ok) throw refuseNewKey(issued.refused, { held: caller.role, needed: body.role });
    void reply.header('location', `/v1/api-keys/${issued.key.id}`);
    return issued.key;
  }

  @Get()
  list(@WithCaller() { workspaceId }: Caller, @Query(validPage) page: PageQuery): Promise<Page<ApiKeyResource>> {
    return this.database.read.apiKeys(workspaceId, page);
  }

  @Get(':id')
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }): Promise<ApiKeyResource> {
    const key = await this.database.read.apiKeyResource(workspaceId, id);
    if (!key) throw notFound('API key', id);
    return key;
  }

  @Delete(':id')
  @HttpCode(204)
  @Header('content-length', '0')
  async revoke(@WithCaller() caller: Caller, @Param(validId) { id }: { id: string }): Promise<void> {
    if (!(await this.database.transaction((tx) => revokeKey(tx, caller, id)))) throw notFound('API key', id);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  async rotate(
    @WithCaller() caller: Caller,
    @Param(validId) { id }: { id: string },
    @Body(validRotation) body: RotateApiKey,
  ): Promise<IssuedApiKey> {
    const rotated = await this.database.transaction((tx) => rotateKey(tx, caller, id, body.grace_seconds));
    if (!rotated.ok) throw refuseRotation(rotated.refused, id);
    return rotated.key;
  }
}
