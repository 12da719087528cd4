import { createParamDecorator, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Authenticate, Caller } from '@planwright/persistence';
import type { FastifyRequest } from 'fastify';
import { RequestProblem } from '../http/problem.js';

const CALLER = Symbol('caller');

/** Lets nobody pass to `/v1` who is not known. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(private readonly authenticate: Authenticate) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { [CALLER]?: Caller }>();
    if (!request.url.startsWith('/v1/')) return true;
    const caller = await this.authenticate(request.headers.authorization);
    if (!caller)
      throw new RequestProblem('unauthenticated', 'The request has no bearer key, or one that is not known.');
    request[CALLER] = caller;
    return true;
  }
}

/** The caller, in a controller's parameters. */
export const WithCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const caller = context.switchToHttp().getRequest<FastifyRequest & { [CALLER]?: Caller }>()[CALLER];
  if (!caller) throw new Error('no caller: the route is not under /v1');
  return caller;
});
