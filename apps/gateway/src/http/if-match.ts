import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { invalidFields } from '@planwright/contracts';
import type { FastifyRequest } from 'fastify';
import { entityTag } from './entity-tag.js';
import { refusal, RequestProblem } from './problem.js';

/** States that may be changed, by their entity tags without quotes; undefined for any (`*`, or no header where none is asked for). */
export type Expected = readonly string[] | undefined;

/** `If-Match` of a request that has to have one, in a controller's parameters. Refuses its absence with 428. */
export const WithIfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): Expected => {
  const header = headerOf(context);
  if (header !== undefined) return readIfMatch(header);
  throw new RequestProblem('precondition_required', 'The request has no `If-Match`.');
});

/** `If-Match` where there is one. */
export const WithOptionalIfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): Expected => {
  const header = headerOf(context);
  return header === undefined ? undefined : readIfMatch(header);
});

/** The tags of the header, without their quotes. Weak ones promise too little to count: they match nothing. */
function readIfMatch(header: string): Expected {
  if (header.trim() === '*') return undefined;
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    return tags.filter((tag) => !tag.startsWith('W/')).map((tag) => tag.slice(1, -1));
  }
  const message = 'must be * or ETags in double quotes';
  throw refusal(invalidFields([{ pointer: 'If-Match', code: 'invalid_header', message }]));
}

function headerOf(context: ExecutionContext): string | undefined {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return headers['if-match'];
}

/**
 * Throws 412 with what there is now, unless that is one of the expected states. Whoever asks has locked it. Of what is
 * tagged by what it says; cards are known by their `updated_at`.
 */
export function refuseOtherState(expected: Expected, current: object, what: string): void {
  const etag = entityTag(current);
  if (expected === undefined || expected.includes(etag.slice(1, -1))) return;
  const detail = `The ${what} has changed since; its ETag is ${etag} now.`;
  throw new RequestProblem('precondition_failed', detail, { current });
}
