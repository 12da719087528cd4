import type { Cost, Usage } from '@planwright/contracts';
import type { QuotaCall } from '@planwright/testing';

/** Dollars for a million tokens, as the providers publish them: what a call has to be booked at. */
export interface PublishedPrice {
  input: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
}

export const GPT_4O_MINI: PublishedPrice = { input: 0.15, cacheRead: 0.075, cacheWrite: 0.15, output: 0.6 };
export const CLAUDE_HAIKU_4_5: PublishedPrice = { input: 1, cacheRead: 0.1, cacheWrite: 1.25, output: 5 };

/** What a provider's own books say of some calls: the tokens, and the sum of their prices. */
export function usedBy(calls: readonly QuotaCall[], price: PublishedPrice): { usage: Usage; cost: Cost } {
  const sum = (of: (call: QuotaCall) => number) => calls.reduce((total, call) => total + of(call), 0);
  return {
    usage: {
      input_tokens: sum(({ inputTokens }) => inputTokens),
      output_tokens: sum(({ outputTokens }) => outputTokens),
      cached_input_tokens: sum(({ cachedInputTokens }) => cachedInputTokens),
      cache_write_tokens: sum(({ cacheWriteTokens }) => cacheWriteTokens),
      reasoning_tokens: 0,
      estimated: false,
    },
    cost: { amount: sum((call) => microUnitsOf(call, price)), currency: 'USD', unpriced_calls: 0 },
  };
}

/** A dollar for a million tokens is a micro-unit for one. Each call is rounded up. */
function microUnitsOf(call: QuotaCall, price: PublishedPrice): number {
  const plain = call.inputTokens - call.cachedInputTokens - call.cacheWriteTokens;
  const exact =
    plain * price.input +
    call.cachedInputTokens * price.cacheRead +
    call.cacheWriteTokens * price.cacheWrite +
    call.outputTokens * price.output;
  return Math.ceil(Number(exact.toFixed(6)));
}
