import { PROVIDER_NAMES } from '@planwright/contracts';
import type { ProviderName } from '@planwright/contracts';
import { durationMsField } from '@planwright/runtime';
import { createOfflineProvider } from './offline/offline-provider.js';
import type { Provider } from './provider.js';
import { ProviderFailure } from './provider.js';

/** Variables of the processes that call providers. */
export const llmFields = {
  PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: durationMsField({
    default: 300,
    max: 600_000,
    description: 'Time the offline writer takes before its first words.',
  }),
  PLANWRIGHT_OFFLINE_CHUNK_MS: durationMsField({
    default: 20,
    max: 60_000,
    description: 'Time the offline writer takes between two pieces of text; 0 writes as fast as it can.',
  }),
};

/** Configuration of the providers; `llmFields` reads it from the environment. */
export interface LlmConfig {
  PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: number;
  PLANWRIGHT_OFFLINE_CHUNK_MS: number;
}

/** The providers that can be called, by name. */
export function createProviders(config: LlmConfig): Map<string, Provider> {
  const create: Record<ProviderName, () => Provider> = {
    offline: () =>
      createOfflineProvider({
        firstChunkMs: config.PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS,
        chunkMs: config.PLANWRIGHT_OFFLINE_CHUNK_MS,
      }),
  };
  return new Map(PROVIDER_NAMES.map((name) => [name, create[name]()]));
}

/** The provider of a command. Throws a `ProviderFailure` that names the known ones. */
export function findProvider(providers: ReadonlyMap<string, Provider>, name: string): Provider {
  const provider = providers.get(name);
  if (provider) return provider;
  const known = [...providers.keys()].join(', ') || 'none';
  throw new ProviderFailure('invalid_request', `there is no provider ${JSON.stringify(name)} here; known: ${known}`);
}
