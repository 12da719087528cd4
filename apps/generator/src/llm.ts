import type { Provider } from '@planwright/contracts';
import type { LimitsSetting, PriceTable } from '@planwright/limits';
import { builtInPrices, Estimates, PROFILES, Quotas } from '@planwright/limits';
import type { FallbacksSetting, LlmConfig } from '@planwright/llm';
import { createProviders } from '@planwright/llm';

/** All that a process needs to call models, but the limiter it shares with others. */
export interface Llm {
  providers: ReadonlyMap<string, Provider>;
  quotas: Quotas;
  estimates: Estimates;
  prices: PriceTable;
  fallbacks: FallbacksSetting;
}

type Config = LlmConfig & { PLANWRIGHT_LIMITS: LimitsSetting; PLANWRIGHT_PRICES: PriceTable | undefined };

export function createLlm(config: Config): Llm {
  const credentials = {
    openai: config.OPENAI_API_KEY,
    anthropic: config.ANTHROPIC_API_KEY,
    compatible: `${config.PLANWRIGHT_COMPATIBLE_BASE_URL} ${config.PLANWRIGHT_COMPATIBLE_API_KEY}`,
  };
  // Its headers do not say in which windows a server counts.
  const isAzure = Object.entries(config.PLANWRIGHT_LIMITS).some(
    ([name, { profile }]) => name.startsWith('compatible') && profile === 'azure',
  );
  return {
    providers: createProviders(config, { compatibleWindowMs: PROFILES[isAzure ? 'azure' : 'actual'].windowMs }),
    quotas: new Quotas(config.PLANWRIGHT_LIMITS, credentials),
    estimates: new Estimates(),
    prices: config.PLANWRIGHT_PRICES ?? builtInPrices(),
    fallbacks: config.PLANWRIGHT_FALLBACKS,
  };
}
