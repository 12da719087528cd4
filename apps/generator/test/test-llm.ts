import type { Provider } from '@planwright/contracts';
import { builtInPrices, createInProcessLimiter, Estimates, Quotas } from '@planwright/limits';
import type { Limiter, LimitsSetting } from '@planwright/limits';
import type { FallbacksSetting } from '@planwright/llm';
import type { Llm } from '../src/llm.js';
import { createLogger } from '@planwright/runtime';
import { Reservations } from '../src/reservations/reservations.js';

interface Settings {
  limits?: LimitsSetting;
  fallbacks?: FallbacksSetting;
  limiter?: Limiter;
}

/** Everything a generator needs to call these providers, without limits unless some are set. */
export function testLlm(providers: readonly Provider[], { limits = {}, fallbacks = {} }: Settings = {}): Llm {
  return {
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    quotas: new Quotas(limits, {}),
    estimates: new Estimates(),
    prices: builtInPrices(),
    fallbacks,
  };
}

export function testReservations(llm: Llm, limiter: Limiter = createInProcessLimiter()): Reservations {
  return new Reservations({ limiter, llm, log: createLogger('test', 'silent') });
}
