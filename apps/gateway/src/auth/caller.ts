import { createParamDecorator, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Authenticate, Caller } from '@planwright/persistence';
import type { FastifyRequest } from 'fastify';
import { RequestProblem } from '../http/problem.js';

const CALLER = Symbol('caller');

const PUBLIC = 'planwright:public';
/** Marks a controller that answers everybody. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Lets nobody pass who is not known, except to controllers marked as public. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly authenticate: Authenticate,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean | undefined>(PUBLIC, context.getClass())) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { [CALLER]?: Caller }>();
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
  if (!caller) throw new Error('no caller: the controller is public');
  return caller;
});
