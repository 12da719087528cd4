import type { FailureCode } from '@planwright/contracts';

/** Causes the provider names itself, in `error.details.error_code`. Those of other endpoints are not listed. */
export const CODES: Readonly<Record<string, FailureCode>> = {
  ramp_limit_exceeded: 'rate_limited',
  enforced_spend_limit_reached: 'billing',
  contract_spend_limit_reached: 'billing',
  linked_organization_billing_unavailable: 'billing',
  linked_organization_spend_limit_reached: 'billing',
  user_profile_billing_not_authorized: 'billing',
  user_profile_not_billable: 'billing',
  request_body_too_large_after_decoding: 'too_large',
  organization_on_hold: 'auth',
  organization_type_not_supported: 'auth',
  api_key_scope_missing: 'auth',
  claude_code_key_creator_not_member: 'auth',
  sandbox_egress_restricted: 'auth',
  cmek_key_disabled: 'auth',
  cmek_key_network_blocked: 'auth',
  cmek_context_unavailable: 'server_error',
  cmek_key_unreachable: 'server_error',
};

/** What `error.type` means where nothing else says more. `forbidden` comes from the edge, before the API itself. */
export const TYPES: Readonly<Record<string, FailureCode>> = {
  authentication_error: 'auth',
  permission_error: 'auth',
  forbidden: 'auth',
  billing_error: 'billing',
  not_found_error: 'invalid_request',
  request_too_large: 'too_large',
  rate_limit_error: 'rate_limited',
  overloaded_error: 'overloaded',
  timeout_error: 'timeout',
  api_error: 'server_error',
};

/**
 * Types that are used for very different things, so that only their sentence tells which. A spend limit comes as any of
 * the three, and an overload as `api_error`.
 */
export const VAGUE_TYPES: ReadonlySet<string> = new Set(['invalid_request_error', 'rate_limit_error', 'api_error']);

/** What a vague sentence means, first match first. */
export const SENTENCES: readonly (readonly [RegExp, FailureCode])[] = [
  [/credit balance is too low|usage limits?\. you will regain access|spend limit|extra usage/i, 'billing'],
  [/organization has been disabled/i, 'auth'],
  [/prompt is too long|exceed context limit|maximum allowed number of output tokens|context window/i, 'too_large'],
  [/content filtering policy/i, 'content_filtered'],
  [/^overloaded/i, 'overloaded'],
];

/** A limit on how fast we become faster, for answers without `ramp_limit_exceeded`. */
export const RAMP_SENTENCE = /usage increase rate|acceleration limit/i;
