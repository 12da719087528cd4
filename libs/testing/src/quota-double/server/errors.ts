import type { Api } from './read-request.js';

/** What a provider says when it does not write. */
export type ErrorName =
  | 'invalid_request'
  | 'context_length'
  | 'unauthorized'
  | 'billing'
  | 'spend_limit'
  | 'forbidden'
  | 'not_found'
  | 'request_too_large'
  | 'rate_limit'
  | 'token_budget'
  | 'ramp'
  | 'server_error'
  | 'unavailable'
  | 'overloaded';

/** An answer that is an error. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: { type?: 'error'; error: ErrorObject; request_id?: null };
}

export interface ErrorObject {
  type: string;
  message: string;
  /** OpenAI's two. */
  param?: string | null;
  code?: string | null;
  /** Anthropic's. */
  details?: { error_code: string };
}

type OpenAiRow = [status: number, type: string, code: string | null, param: string | null, message: string];

/** `billing` and `spend_limit` are 429s at OpenAI; 413, 402 and 529 are statuses of other providers. */
const OPENAI: Record<ErrorName, OpenAiRow> = {
  invalid_request: [400, 'invalid_request_error', null, 'input', 'Invalid value.'],
  context_length: [
    ...([400, 'invalid_request_error', 'context_length_exceeded', 'input'] as const),
    "The input exceeds this model's context window of 128000 tokens.",
  ],
  unauthorized: [401, 'invalid_request_error', 'invalid_api_key', null, 'Incorrect API key provided: sk-****.'],
  billing: [
    429,
    'insufficient_quota',
    'insufficient_quota',
    null,
    'The current quota is used up: check plan and billing.',
  ],
  spend_limit: [429, 'insufficient_quota', 'credit_balance_exhausted', null, 'The credit balance is exhausted.'],
  forbidden: [403, 'invalid_request_error', 'model_not_available', null, 'This project has no access to the model.'],
  not_found: [404, 'invalid_request_error', 'model_not_found', null, 'The model does not exist or is not yours.'],
  request_too_large: [413, 'invalid_request_error', null, null, 'The request body is too large.'],
  rate_limit: [
    ...([429, 'tokens', 'rate_limit_exceeded', null] as const),
    'Rate limit reached for gpt-x in organization org-double on tokens per min (TPM): Limit 30000, Used 30000, Requested 500. Please try again in 1s.',
  ],
  token_budget: [
    ...([429, 'tokens', 'rate_limit_exceeded', null] as const),
    'Request too large for gpt-x in organization org-double on tokens per min (TPM): Limit 30000, Requested 45123. It must be reduced in order to run successfully.',
  ],
  ramp: [503, 'service_unavailable_error', 'slow_down', null, 'Slow down: the rate of requests grew too fast.'],
  server_error: [500, 'server_error', null, null, 'The server had an error while processing your request.'],
  unavailable: [503, 'server_error', null, null, 'The server is temporarily unable to handle the request.'],
  overloaded: [503, 'service_unavailable_error', 'server_is_overloaded', null, 'Our servers are currently overloaded.'],
};

type AnthropicRow = [status: number, type: string, message: string, errorCode?: string];

const ANTHROPIC: Record<ErrorName, AnthropicRow> = {
  invalid_request: [400, 'invalid_request_error', 'messages: a value is not valid'],
  context_length: [400, 'invalid_request_error', 'prompt is too long: 215000 tokens > 200000 maximum'],
  unauthorized: [401, 'authentication_error', 'invalid x-api-key'],
  billing: [402, 'billing_error', 'The credit balance is too low to use the API.'],
  spend_limit: [429, 'rate_limit_error', 'The monthly spend limit is reached.', 'enforced_spend_limit_reached'],
  forbidden: [403, 'permission_error', 'This API key may not use the model.'],
  not_found: [404, 'not_found_error', 'model: no-such-model'],
  request_too_large: [413, 'request_too_large', 'Request exceeds the maximum size'],
  rate_limit: [429, 'rate_limit_error', 'This request would exceed the rate limit of 30,000 input tokens per minute.'],
  token_budget: [
    429,
    'rate_limit_error',
    'This request would exceed the rate limit of 30,000 input tokens per minute.',
  ],
  ramp: [429, 'rate_limit_error', 'Usage may not grow that fast.', 'ramp_limit_exceeded'],
  server_error: [500, 'api_error', 'Internal server error'],
  unavailable: [503, 'api_error', 'Service unavailable'],
  overloaded: [529, 'overloaded_error', 'Overloaded'],
};

/** An error in the shape of the API that was asked. Limits that pass say when; a spend limit does not. */
export function errorAnswer(api: Api, name: ErrorName, message?: string): ErrorAnswer {
  const retryAfter: Record<string, string> = name === 'rate_limit' || name === 'ramp' ? { 'retry-after': '1' } : {};
  const error = errorObject(api, name, message);
  if (api === 'messages') {
    return { status: ANTHROPIC[name][0], headers: retryAfter, body: { type: 'error', error, request_id: null } };
  }
  return { status: OPENAI[name][0], headers: retryAfter, body: { error } };
}

/** The same without its envelope, as it stands within a stream. */
export function errorObject(api: Api, name: ErrorName, message?: string): ErrorObject {
  if (api === 'messages') {
    const [, type, text, errorCode] = ANTHROPIC[name];
    return { type, message: message ?? text, ...(errorCode && { details: { error_code: errorCode } }) };
  }
  const [, type, code, param, text] = OPENAI[name];
  return { message: message ?? text, type, param, code };
}
