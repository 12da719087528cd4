import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { idempotencyKey, invalidFields } from '@planwright/contracts';
import type { FastifyRequest } from 'fastify';
import { refusal } from '../http/problem.js';

/** What a changing request is known by when it comes again. */
export interface RequestName {
  /** Its `Idempotency-Key`; null where it has none. */
  key: string | null;
  /** Method and path, each path spelt in one way. */
  route: string;
}

/** The name of a request, in a controller's parameters. Refuses a key of a wrong form. */
export const WithRequestName = createParamDecorator((_data: unknown, context: ExecutionContext): RequestName => {
  return requestName(context.switchToHttp().getRequest<FastifyRequest>());
});

function requestName({ method, headers, routeOptions, params }: FastifyRequest): RequestName {
  const values = params as Record<string, string>;
  // Ids are case-insensitive, and any character of a path may be percent-encoded.
  const path = (routeOptions.url ?? '').replaceAll(/:(\w+)/g, (_, name: string) => values[name]?.toLowerCase() ?? '');
  return { key: keyOf(headers['idempotency-key']), route: `${method} ${path}` };
}

function keyOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  // Sent twice it arrives as one text with a space in it, which is no key either.
  const parsed = idempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  const message = parsed.error.issues[0]?.message ?? 'is not valid';
  throw refusal(invalidFields([{ pointer: 'Idempotency-Key', code: 'invalid_header', message, limit: 255 }]));
}
