import { z } from 'zod';

/**
 * Every way an HTTP request can be refused: stable code, status, title and what to do. The `type` of a problem+json
 * answer is `https://planwright.dev/problems/{code}` (RFC 9457: an identifier, it need not resolve).
 */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not JSON', advice: 'Send one valid JSON object.' },
  invalid_request: { status: 400, title: 'The request is not valid', advice: 'Correct the fields named in `errors`.' },
  unauthenticated: {
    status: 401,
    title: 'A valid key is required',
    advice: 'Send `Authorization: Bearer <API key>`, or a JWT where an identity provider is configured.',
  },
  forbidden: { status: 403, title: 'Not allowed', advice: 'Use a key with the role named in `needed`.' },
  not_found: {
    status: 404,
    title: 'Not found',
    advice: 'Check the id; it may belong to another workspace or be deleted.',
  },
  method_not_allowed: { status: 405, title: 'Method not allowed', advice: 'See /docs for the methods of this path.' },
  not_acceptable: {
    status: 406,
    title: 'No answer of the asked type',
    advice: 'Send an `Accept` that allows one of the types in `produces`, or none.',
  },
  idempotency_key_in_use: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still at work',
    advice: 'Send it again after the seconds in Retry-After; it is answered as the first one was.',
  },
  run_active: {
    status: 409,
    title: 'A run is already active',
    advice: 'Follow or cancel the run named in `run_id`, or send `on_conflict`.',
  },
  nothing_to_retry: {
    status: 409,
    title: 'There is nothing to retry',
    advice: 'Every document of this run is finished; start a new run to write them anew.',
  },
  nothing_stale: {
    status: 409,
    title: 'Everything is up to date',
    advice: 'Nothing to do. To write a text anew all the same, name its document or section.',
  },
  not_activatable: {
    status: 409,
    title: 'This version has no text to read',
    advice: 'Activate one whose status is `ready` or `partial`.',
  },
  superseded: {
    status: 409,
    title: 'A newer run has written this since',
    advice: 'Retry the run named in `run_id` instead, or start a new one.',
  },
  prerequisite_missing: {
    status: 409,
    title: 'A document this run needs does not exist yet',
    advice: 'Include the missing document in `documents`.',
  },
  board_full: {
    status: 409,
    title: 'The board has as many cards as it can',
    advice: 'Delete cards that are done with, or start another project.',
  },
  column_in_use: {
    status: 409,
    title: 'A column that would vanish holds cards',
    advice: 'Keep the columns named in `columns`, or move their cards first.',
  },
  nothing_suggested: {
    status: 409,
    title: 'Nothing is suggested for this',
    advice: 'Read the card; its `suggestion` may have been decided already.',
  },
  not_rotatable: {
    status: 409,
    title: 'This key can not be rotated',
    advice: 'Make a new key, and revoke this one.',
  },
  too_many_webhooks: {
    status: 409,
    title: 'The workspace has as many webhooks as it may',
    advice: 'Delete one that is not needed, or change it.',
  },
  webhook_disabled: {
    status: 409,
    title: 'The webhook is switched off',
    advice: 'Switch it on with PATCH `{"enabled": true}`, and send the request again.',
  },
  precondition_failed: {
    status: 412,
    title: 'It has changed since you read it',
    advice: 'Look at `current`, and send the request again with its ETag in `If-Match`.',
  },
  precondition_required: {
    status: 428,
    title: 'The request must say which state it changes',
    advice: 'Send `If-Match` with the ETag of what you read.',
  },
  payload_too_large: { status: 413, title: 'The body is too large', advice: 'Send at most 256 KiB.' },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    advice: 'Send `Content-Type: application/json`.',
  },
  uri_too_long: { status: 414, title: 'The address is too long', advice: 'Send at most 8 KiB of path and query.' },
  request_timeout: { status: 408, title: 'The request took too long to arrive', advice: 'Send it again.' },
  headers_too_large: { status: 431, title: 'The headers are too large', advice: 'Send at most 16 KiB of headers.' },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    advice: 'Send a new key with a new request; send a key again only with the body it came with first.',
  },
  too_many_runs: {
    status: 429,
    title: 'Too many runs are active',
    advice: 'Wait until some of them have ended, or cancel them; Retry-After says when to try again.',
  },
  rate_limited: { status: 429, title: 'Too many requests', advice: 'Wait for the seconds in Retry-After.' },
  unavailable: {
    status: 503,
    title: 'Temporarily not available',
    advice: 'Retry in a few seconds; /readyz says what is missing.',
  },
  internal: { status: 500, title: 'Something went wrong here', advice: 'Report it with the `request_id`.' },
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

export const problemCode = z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]);

/**
 * One refused field: where (JSON pointer into the body, `?name` in the query, `{name}` in the path, or a header's name),
 * why, and the limit.
 */
const fieldError = z.object({
  pointer: z.string(),
  code: z.string(),
  message: z.string(),
  limit: z.union([z.number(), z.array(z.string())]).optional(),
});
export type FieldError = z.infer<typeof fieldError>;

/** RFC 9457 problem details, with our stable `code` and the fields at fault. */
export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: problemCode,
  detail: z.string(),
  advice: z.string(),
  errors: z.array(fieldError).optional(),
  request_id: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;

/** Bodies larger than this are refused with 413. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Builds the body of a problem+json answer. */
export function makeProblem(
  code: ProblemCode,
  detail: string,
  extra: Record<string, unknown> & { errors?: FieldError[] } = {},
): Problem {
  const { status, title, advice } = PROBLEMS[code];
  return { type: `https://planwright.dev/problems/${code}`, title, status, code, detail, advice, ...extra };
}

/** Headers of a problem's answer, the content type included. `retry_after_seconds` of a problem is one of them. */
export function problemHeaders({ code, allow, retry_after_seconds: wait }: Problem): Record<string, string> {
  return {
    'content-type': 'application/problem+json',
    ...(code === 'unauthenticated' && { 'www-authenticate': 'Bearer' }),
    ...(code === 'unavailable' && { 'retry-after': '5' }),
    ...(typeof wait === 'number' && { 'retry-after': String(wait) }),
    ...(Array.isArray(allow) && { allow: allow.join(', ') }),
  };
}

/** So many fields are named; a body can be wrong in more places than an answer should have. */
const MOST_ERRORS = 20;
const LONGEST_POINTER = 200;
const LONGEST_DETAIL = 2_000;

/** `invalid_request` for these fields: the first of them, and how many more there are. */
export function invalidFields(found: readonly FieldError[]): Problem {
  const errors = found
    .slice(0, MOST_ERRORS)
    .map((error) => ({ ...error, pointer: cut(error.pointer, LONGEST_POINTER) }));
  const more = found.length > errors.length ? `; and ${found.length - errors.length} more` : '';
  const named = errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  const detail = `${cut(named.replaceAll(/\s+/g, ' '), LONGEST_DETAIL - more.length - 1)}${more}.`;
  return makeProblem('invalid_request', detail, { errors });
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Turns zod issues into field errors that name the field, what is wrong and the limit. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], base = ''): FieldError[] {
  return issues.flatMap((issue): FieldError[] => {
    const at = (key?: PropertyKey) =>
      base +
      [...issue.path, ...(key === undefined ? [] : [key])].map((part) => `/${escapePointer(String(part))}`).join('');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: at(key), code: 'unknown_field', message: 'is not a known field' }));
    }
    const found: FieldError = { pointer: at() || '/', code: issue.code, message: issue.message };
    if (issue.code === 'too_big') found.limit = Number(issue.maximum);
    if (issue.code === 'too_small') found.limit = Number(issue.minimum);
    if (issue.code === 'invalid_value') found.limit = issue.values.map(String);
    return [found];
  });
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
