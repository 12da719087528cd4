import type { MessageName } from '@planwright/contracts';
import { applyDecorators, Catch, UseFilters } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';

/**
 * Hands a handler's error to the transport as it is. Nest would turn it into `{status: 'error', message: 'Internal
 * server error'}`, and the difference between "park this" and "try again" would be gone.
 */
@Catch()
export class PassErrors implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Marks a controller's method as the handler of a message. It receives the whole message as `@Payload()` and, if wanted,
 * a `DeliveryContext` as `@Ctx()`. The same as `@EventPattern(name)` with `@UseFilters(PassErrors)`.
 */
export function HandleMessage(name: MessageName): MethodDecorator {
  return applyDecorators(EventPattern<string>(name), UseFilters(PassErrors));
}
