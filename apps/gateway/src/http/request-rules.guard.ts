import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { refusal } from './problem.js';
import { refusedByRules } from './request-rules.js';
import { routeOf } from './route-of.js';

/** Holds every request of the API against what all routes have in common, once it is known who asks. */
@Injectable()
export class RequestRulesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = routeOf(request);
    const problem = route && refusedByRules(route, { query: request.query ?? {}, accept: request.headers.accept });
    if (problem) throw refusal(problem);
    return true;
  }
}
