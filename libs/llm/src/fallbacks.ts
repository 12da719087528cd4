import { z } from 'zod';

/** A provider and a model to call. */
export interface Choice {
  readonly provider: string;
  readonly model: string;
}

const choice = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*\/\S+$/, 'must name a provider and a model: anthropic/claude-haiku-4-5');

/** `PLANWRIGHT_FALLBACKS`: who is called instead, in order, by `provider/model` or by `provider`. */
export const fallbacksSetting = z.record(z.string().min(1), z.array(choice).min(1).max(5));
export type FallbacksSetting = z.infer<typeof fallbacksSetting>;

/** The model asked for, and then those to call in its place. None is named twice. */
export function chainOf(setting: FallbacksSetting, first: Choice): Choice[] {
  const named = setting[`${first.provider}/${first.model}`] ?? setting[first.provider] ?? [];
  const names = new Set([`${first.provider}/${first.model}`, ...named]);
  return [...names].map((name) => {
    const at = name.indexOf('/');
    return { provider: name.slice(0, at), model: name.slice(at + 1) };
  });
}
