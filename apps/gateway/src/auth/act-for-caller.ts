import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { onBehalfOf } from '@planwright/persistence';
import type { Observable } from 'rxjs';
import { callerOf } from './caller.js';

/** Whatever a request asks of the database is asked for its caller's workspace; without a caller there are no rows. */
@Injectable()
export class ActForCaller implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const caller = callerOf(context);
    return caller ? onBehalfOf(caller.workspaceId, () => next.handle()) : next.handle();
  }
}
