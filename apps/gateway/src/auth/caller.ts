import { createParamDecorator, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { includesRole } from '@planwright/contracts';
import type { Caller } from '@planwright/persistence';
import type { FastifyRequest } from 'fastify';
import { RequestProblem } from '../http/problem.js';
import { callerOfRequest } from './admission.js';
import { neededRole } from './needed-role.js';

const PUBLIC = 'planwright:public';
/** Marks a controller that answers everybody. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Lets nobody pass whose role does not include what the route needs, except to controllers marked as public. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<boolean | undefined>(PUBLIC, context.getClass())) return true;
    const { method, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const { role } = knownCaller(context);
    const needed = neededRole(method, routeOptions.url);
    if (includesRole(role, needed)) return true;
    const detail = `This needs the role ${needed}; the key or token has the role ${role}.`;
    throw new RequestProblem('forbidden', detail, { needed, held: role });
  }
}

/** Who asks; null where everybody may. */
export function callerOf(context: ExecutionContext): Caller | null {
  return callerOfRequest(context.switchToHttp().getRequest<FastifyRequest>());
}

function knownCaller(context: ExecutionContext): Caller {
  const caller = callerOf(context);
  if (!caller) throw new Error('a route that is not public was reached by nobody who is known');
  return caller;
}

/** The caller, in a controller's parameters. */
export const WithCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller =>
  knownCaller(context),
);
