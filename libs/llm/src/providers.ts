import type { Provider } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';
import { createAnthropicProvider } from './anthropic/anthropic-provider.js';
import { createCompatibleProvider } from './compatible/compatible-provider.js';
import type { LlmConfig } from './config.js';
import { createOfflineProvider } from './offline/offline-provider.js';
import { createOpenAiProvider } from './openai/openai-provider.js';

/** The providers this process can call, by name: the offline writer, and those it was given a key or an address for. */
export function createProviders(
  config: LlmConfig,
  { compatibleWindowMs = 60_000 }: { compatibleWindowMs?: number } = {},
): Map<string, Provider> {
  const providers: Provider[] = [
    createOfflineProvider({
      firstChunkMs: config.PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS,
      chunkMs: config.PLANWRIGHT_OFFLINE_CHUNK_MS,
    }),
  ];
  const { OPENAI_API_KEY: openAiKey, ANTHROPIC_API_KEY: anthropicKey } = config;
  const { PLANWRIGHT_COMPATIBLE_BASE_URL: baseUrl, PLANWRIGHT_COMPATIBLE_API_KEY: apiKey } = config;
  if (openAiKey) providers.push(createOpenAiProvider({ apiKey: openAiKey, baseUrl: config.OPENAI_BASE_URL }));
  if (anthropicKey) {
    providers.push(createAnthropicProvider({ apiKey: anthropicKey, baseUrl: config.ANTHROPIC_BASE_URL }));
  }
  if (baseUrl) providers.push(createCompatibleProvider({ baseUrl, apiKey, windowMs: compatibleWindowMs }));
  return new Map(providers.map((provider) => [provider.name, provider]));
}

/** What to set for a provider that is known and was not set up. */
const SETTINGS: Readonly<Record<string, string>> = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  compatible: 'PLANWRIGHT_COMPATIBLE_BASE_URL',
};

/** The provider of a command. Throws a `ProviderFailure` that says what is missing, or names the known ones. */
export function findProvider(providers: ReadonlyMap<string, Provider>, name: string): Provider {
  const provider = providers.get(name);
  if (provider) return provider;
  const setting = SETTINGS[name];
  if (setting)
    throw new ProviderFailure('auth', `${setting} is not set for the generators, so ${name} can't be called`);
  const known = [...providers.keys()].join(', ') || 'none';
  throw new ProviderFailure('invalid_request', `there is no provider ${JSON.stringify(name)} here; known: ${known}`);
}
