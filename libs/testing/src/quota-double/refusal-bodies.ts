import { goDuration } from './limit-headers.js';
import type { QuotaProfile, Resource } from './profiles.js';

/** Why a call was refused, in numbers. */
export interface RefusalFacts {
  reason: 'limit' | 'too_large' | 'ramp';
  resource: Resource;
  model: string;
  /** A minute. */
  limit: number;
  used: number;
  requested: number;
  waitMs: number;
}

/** The body of a refusal, in its provider's own shape. */
export function refusalBody(profile: QuotaProfile, facts: RefusalFacts): unknown {
  if (profile.name === 'anthropic') return anthropicBody(profile, facts);
  return { error: profile.name === 'azure' ? azureError(facts) : openAiError(profile, facts) };
}

const UNITS: Record<Resource, string> = {
  requests: 'requests per min (RPM)',
  tokens: 'tokens per min (TPM)',
  input_tokens: 'input tokens per min',
  output_tokens: 'output tokens per min',
};

/** Numbers and order as in public 429s of 2024 to 2026; people's parsers read them. */
function openAiError(profile: QuotaProfile, facts: RefusalFacts): unknown {
  const { reason, resource, model, limit, used, requested, waitMs } = facts;
  if (reason === 'ramp') {
    const message = 'Slow down: the rate of requests grew too fast. Go back to the former rate, then grow gradually.';
    return { message, type: 'service_unavailable_error', param: null, code: profile.ramp.code };
  }
  const subject = `${model} in organization org-double on ${UNITS[resource]}: Limit ${limit}`;
  const message =
    reason === 'too_large'
      ? `Request too large for ${subject}, Requested ${requested}. It must be reduced in order to run successfully.`
      : `Rate limit reached for ${subject}, Used ${used}, Requested ${requested}. Please try again in ${goDuration(waitMs)}.`;
  return { message, type: resource, param: null, code: 'rate_limit_exceeded' };
}

function azureError({ reason, resource, model, waitMs }: RefusalFacts): unknown {
  const seconds = Number.isFinite(waitMs) ? Math.ceil(waitMs / 1000) : 60;
  const what = resource === 'requests' ? 'call rate limit' : 'token rate limit';
  const message =
    reason === 'too_large'
      ? `Token budget exceeded by request parameters: prompt and max_tokens of requests to ${model} must be reduced.`
      : `Requests to ${model} have exceeded the ${what} of this deployment. Please retry after ${seconds} seconds.`;
  return { code: '429', message };
}

function anthropicBody(profile: QuotaProfile, { reason, resource, limit }: RefusalFacts): unknown {
  const isRamp = reason === 'ramp';
  const message = isRamp
    ? 'This request would exceed the limit of how fast usage may grow.'
    : `This request would exceed the rate limit of ${limit.toLocaleString('en')} ${resource.replace('_', ' ')} per minute.`;
  const error = { type: 'rate_limit_error', message, ...(isRamp && { details: { error_code: profile.ramp.code } }) };
  return { type: 'error', error, request_id: null };
}
