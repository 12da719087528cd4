/** Providers this release can call, with the model each writes with when nobody names one. */
export const DEFAULT_MODELS = { offline: 'offline-writer' } as const satisfies Record<string, string>;
export type ProviderName = keyof typeof DEFAULT_MODELS;
export const PROVIDER_NAMES = Object.keys(DEFAULT_MODELS) as ProviderName[];
