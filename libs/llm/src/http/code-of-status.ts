import type { FailureCode } from '@planwright/contracts';

/**
 * What a status means where the body says nothing: the answer of a proxy or an edge, or words nobody knows yet. 498 is
 * Groq's for a tier that is full, 522 and 524 are Cloudflare's for an origin that is late, 529 is Anthropic's.
 */
const CODES: Readonly<Record<number, FailureCode>> = {
  401: 'auth',
  402: 'billing',
  403: 'auth',
  407: 'auth',
  408: 'timeout',
  409: 'server_error',
  413: 'too_large',
  425: 'server_error',
  429: 'rate_limited',
  498: 'overloaded',
  503: 'overloaded',
  504: 'timeout',
  522: 'timeout',
  524: 'timeout',
  529: 'overloaded',
};

/** The last resort. Null is an error within a stream: what is not known may well pass. */
export function codeOfStatus(status: number | null): FailureCode {
  if (status === null) return 'server_error';
  return CODES[status] ?? (status < 500 ? 'invalid_request' : 'server_error');
}
