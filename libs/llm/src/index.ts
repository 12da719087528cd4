export { ProviderFailure } from './provider.js';
export type { GenerateRequest, Provider, ProviderEvent } from './provider.js';
export { createProviders, findProvider, llmFields } from './providers.js';
export type { LlmConfig } from './providers.js';
export { createOfflineProvider, writeOffline } from './offline/offline-provider.js';
export { PLACEHOLDER_NOTE } from './offline/fit.js';
