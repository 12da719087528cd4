import type { LimitedResource, SeenLimit } from '@planwright/contracts';
import { amount, untilMs } from '../http/header-values.js';

/**
 * The limits an answer names in its `anthropic-ratelimit-*` headers, all of them per minute. `tokens-*` repeats the most
 * restrictive limit of the moment, whichever that is, so it counts only where neither input nor output is named.
 * Amounts are rounded to thousands by the provider; what is not a number is left out.
 */
export function seenLimits(headers: Headers, receivedAtMs: number): SeenLimit[] {
  const read = (resource: LimitedResource) => readLimit(headers, resource, receivedAtMs);
  const separate = [...read('input_tokens'), ...read('output_tokens')];
  return [...read('requests'), ...(separate.length > 0 ? separate : read('tokens'))];
}

function readLimit(headers: Headers, resource: LimitedResource, receivedAtMs: number): SeenLimit[] {
  const name = `anthropic-ratelimit-${resource.replace('_', '-')}`;
  const limit = amount(headers.get(`${name}-limit`));
  const remaining = amount(headers.get(`${name}-remaining`));
  if (limit === null || limit === 0 || remaining === null) return [];
  const resetsInMs = untilMs(headers.get(`${name}-reset`), headers, receivedAtMs);
  return [{ resource, limit, remaining: Math.min(remaining, limit), resetsInMs }];
}
