import { z } from 'zod';
import { isDeepStrictEqual } from 'node:util';
import { rateLimitGroup, undated } from './groups.js';
import type { ProfileName } from './profiles.js';
import { PROFILES } from './profiles.js';

const perMinute = z.int().positive();

/** What an operator says about the limits of a provider, or of one model. */
const limitsEntry = z.strictObject({
  requests_per_minute: perMinute.optional(),
  /** In and out together. */
  tokens_per_minute: perMinute.optional(),
  input_tokens_per_minute: perMinute.optional(),
  output_tokens_per_minute: perMinute.optional(),
  /** Calls at a time. */
  concurrency: z.int().positive().max(10_000).optional(),
  /** Of each limit, what Planwright may use: leave the rest to others who share the key. */
  share: z.number().gt(0).max(1).optional(),
  /** Of that, what one workspace may use. */
  workspace_share: z.number().gt(0).max(1).optional(),
  /** How the provider counts. */
  profile: z.enum(Object.keys(PROFILES) as [ProfileName, ...ProfileName[]]).optional(),
});
export type LimitsEntry = z.infer<typeof limitsEntry>;

/** `PLANWRIGHT_LIMITS`: by `provider`, or by `provider/model`, where a model may end in `*`. */
export const limitsSetting = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9_-]*(\/[^\s/][^\s]*)?$/, 'is a provider, or a provider and a model: openai/gpt-4o-mini'),
    limitsEntry,
  )
  .check(({ value, issues }) => {
    for (const [one, other] of contradictions(value)) {
      const message = `${one} and ${other} share one limit at the provider: say the same of both, or name one`;
      issues.push({ code: 'custom', path: [other], message, input: value });
    }
  });
export type LimitsSetting = z.infer<typeof limitsSetting>;

/** Models that a provider counts together, and of which different things are said. */
function contradictions(setting: Readonly<Record<string, LimitsEntry>>): [string, string][] {
  const models = Object.keys(setting).filter((key) => key.includes('/') && !key.endsWith('*'));
  const groupOf = (key: string) => {
    const at = key.indexOf('/');
    return `${key.slice(0, at)}/${rateLimitGroup(key.slice(0, at), key.slice(at + 1))}`;
  };
  return models.flatMap((one, i) =>
    models
      .slice(i + 1)
      .filter((other) => groupOf(one) === groupOf(other) && !isDeepStrictEqual(setting[one], setting[other]))
      .map((other): [string, string] => [one, other]),
  );
}

/**
 * What is said of a model: the entry of its provider, overridden by the most precise one of its own. What is said of a
 * model holds for its dated snapshots: they share its limits.
 */
export function limitsFor(setting: LimitsSetting, provider: string, model: string): LimitsEntry | undefined {
  const names = [`${provider}/${undated(model)}`, `${provider}/${model}`];
  const fits = (key: string) =>
    key === provider ||
    names.includes(key) ||
    (key.endsWith('*') && names.some((name) => name.startsWith(key.slice(0, -1))));
  const fitting = Object.keys(setting)
    .filter(fits)
    .sort((a, b) => names.indexOf(a) - names.indexOf(b) || a.length - b.length);
  if (fitting.length === 0) return undefined;
  return Object.assign({}, ...fitting.map((key) => setting[key])) as LimitsEntry;
}
