import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { createFeature, featuresQuery, retryFeature } from '@planwright/contracts';
import type {
  CreateFeature as CreateFeatureBody,
  FeatureResource,
  FeaturesQuery,
  RetryFeature as RetryFeatureBody,
} from '@planwright/contracts';
import { Database } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import { answerChange } from '../changes/make-change.js';
import { WithRequestName } from '../changes/request-name.js';
import type { RequestName } from '../changes/request-name.js';
import { notFound } from '../http/problem.js';
import { Valid, validId } from '../http/valid.js';
import { CancelFeature } from './cancel-feature.js';
import { CreateFeature } from './create-feature.js';
import { RetryFeature } from './retry-feature.js';

/** Every field has a default, so no body at all is fine, too. */
const validRetry = new Valid(retryFeature.nullish().transform((body): RetryFeatureBody => body ?? {}));

@Controller('/v1')
export class FeaturesController {
  constructor(
    private readonly database: Database,
    private readonly createFeature: CreateFeature,
    private readonly retryFeature: RetryFeature,
    private readonly cancelFeature: CancelFeature,
  ) {}

  @Post('projects/:id/features')
  @HttpCode(202)
  async create(
    @WithCaller() { workspaceId, name }: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @Body(new Valid(createFeature)) body: CreateFeatureBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const asked = { ...request, workspaceId, body, triggeredBy: name };
    return answerChange(reply, await this.createFeature.execute(asked, id));
  }

  @Get('projects/:id/features')
  async list(
    @WithCaller() { workspaceId }: Caller,
    @Param(validId) { id }: { id: string },
    @Query(new Valid(featuresQuery, 'query')) query: FeaturesQuery,
  ) {
    if (!(await this.database.read.project(workspaceId, id))) throw notFound('project', id);
    return this.database.read.features(workspaceId, id, query);
  }

  @Get('features/:id')
  async get(@WithCaller() { workspaceId }: Caller, @Param(validId) { id }: { id: string }): Promise<FeatureResource> {
    const feature = await this.database.read.feature(workspaceId, id);
    if (!feature) throw notFound('feature', id);
    return feature;
  }

  @Post('features/:id/retry')
  @HttpCode(202)
  async retry(
    @WithCaller() { workspaceId, name }: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @Body(validRetry) body: RetryFeatureBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const asked = { ...request, workspaceId, body, triggeredBy: name };
    return answerChange(reply, await this.retryFeature.execute(asked, id));
  }

  @Post('features/:id/cancel')
  @HttpCode(202)
  async cancel(
    @WithCaller() { workspaceId }: Caller,
    @WithRequestName() request: RequestName,
    @Param(validId) { id }: { id: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answerChange(reply, await this.cancelFeature.execute({ ...request, workspaceId, body: null }, id));
  }
}
