import { RequestProblem } from '../http/problem.js';
import { WINDOW_SECONDS } from './request-limits.js';
import type { CountedRequest } from './request-limits.js';

/** What is left, in the headers of draft-ietf-httpapi-ratelimit-headers: structured fields, times in seconds. */
export function limitHeaders({ policy, limit, remaining, resetSeconds }: CountedRequest) {
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${WINDOW_SECONDS}`,
    ratelimit: `"${policy}";r=${remaining};t=${resetSeconds}`,
  };
}

/** 429, with the limit and when to come again. */
export function tooManyRequests({ policy, limit, resetSeconds }: CountedRequest): RequestProblem {
  const detail = {
    key: `This key has made its ${limit} requests of the minute.`,
    address: `${limit} requests of this address were refused for their key within the minute.`,
  }[policy];
  return new RequestProblem('rate_limited', detail, {
    limit,
    window_seconds: WINDOW_SECONDS,
    retry_after_seconds: resetSeconds,
  });
}
