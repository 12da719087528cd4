/** What is known of a provider before it is called. */
interface ProviderFacts {
  /** The model it writes with when nobody names one; null where there is none that every installation has. */
  readonly defaultModel: string | null;
  /** True where prompts that begin alike are cheaper once one of them was read: one section goes before its siblings. */
  readonly cachesPrefix: boolean;
  /** The one language it writes, ISO 639-1; null where it writes the one it is asked for. */
  readonly writesLanguage: string | null;
}

/**
 * Providers this release can call. `compatible` is any server that speaks OpenAI's chat protocol: what it has installed
 * and whether it caches is not known here.
 */
export const PROVIDERS = {
  offline: { defaultModel: 'offline-writer', cachesPrefix: false, writesLanguage: 'en' },
  openai: { defaultModel: 'gpt-4o-mini', cachesPrefix: true, writesLanguage: null },
  anthropic: { defaultModel: 'claude-haiku-4-5', cachesPrefix: true, writesLanguage: null },
  compatible: { defaultModel: null, cachesPrefix: false, writesLanguage: null },
} as const satisfies Record<string, ProviderFacts>;
export type ProviderName = keyof typeof PROVIDERS;
export const PROVIDER_NAMES = Object.keys(PROVIDERS) as ProviderName[];

/** The default model of each provider; null where a model has to be named. */
export const DEFAULT_MODELS = Object.fromEntries(
  PROVIDER_NAMES.map((name) => [name, PROVIDERS[name].defaultModel]),
) as Readonly<Record<ProviderName, string | null>>;

/** Whether prompts that begin alike are cheaper once one of them was read. A provider that is not known caches nothing. */
export function cachesPrefix(provider: string): boolean {
  return PROVIDER_NAMES.some((name) => name === provider && PROVIDERS[name].cachesPrefix);
}

/** The one language a provider writes, ISO 639-1; null where it writes any, or is not known. */
export function writesLanguage(provider: string): string | null {
  return PROVIDER_NAMES.includes(provider as ProviderName) ? PROVIDERS[provider as ProviderName].writesLanguage : null;
}
