import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readPreferences } from './prefer.js';

/** Seconds of `Prefer: wait=N`, in a controller's parameters; null where it is not there. The answer says so. */
export const WithWait = createParamDecorator((_data: unknown, context: ExecutionContext): number | null => {
  const http = context.switchToHttp();
  const { prefer } = http.getRequest<FastifyRequest>().headers;
  const { waitSeconds } = readPreferences(prefer as string | undefined);
  if (waitSeconds !== null) {
    void http.getResponse<FastifyReply>().header('preference-applied', `wait=${waitSeconds}`);
  }
  return waitSeconds;
});
