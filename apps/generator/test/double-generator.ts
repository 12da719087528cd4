import type { AnyMessage } from '@planwright/contracts';
import type { Limiter, LimitsSetting } from '@planwright/limits';
import { createInProcessLimiter, limitsFields } from '@planwright/limits';
import type { Choice, FallbacksSetting } from '@planwright/llm';
import { llmFields } from '@planwright/llm';
import { createLogger, readConfig } from '@planwright/runtime';
import type { JournalEntry, QuotaDouble } from '@planwright/testing';
import { waitFor } from '@planwright/testing';
import { z } from 'zod';
import { createLlm } from '../src/llm.js';
import { Reservations } from '../src/reservations/reservations.js';
import type { StepLimits } from '../src/steps/generate-step.js';
import type { StepGenerate } from '../src/steps/step-facts.js';
import { command, generator } from './scripted-generator.js';

/** The three ways to ask a provider, and a model that is asked so. Of the second one no price is known. */
export const MODELS = {
  responses: { provider: 'openai', model: 'gpt-4o-mini' },
  chat: { provider: 'compatible', model: 'a-model' },
  messages: { provider: 'anthropic', model: 'claude-haiku-4-5' },
} as const satisfies Record<JournalEntry['api'], Choice>;
export type Api = keyof typeof MODELS;
export const APIS = Object.keys(MODELS) as Api[];

export interface Settings {
  /** `PLANWRIGHT_LIMITS`; by default so high that nobody waits. */
  limits?: LimitsSetting;
  /** `PLANWRIGHT_FALLBACKS`. */
  fallbacks?: FallbacksSetting;
  /** Of all providers, or of each. */
  keys?: string | Partial<Record<'openai' | 'compatible' | 'anthropic', string>>;
  /** Where the chat API is asked; default `openai`. */
  chat?: 'openai' | 'azure';
  /** Default: one of its own. */
  limiter?: Limiter;
  watch?: Partial<StepLimits>;
}

const plenty = { requests_per_minute: 60_000 };
const PLENTY: LimitsSetting = { openai: plenty, compatible: plenty, anthropic: plenty };

/**
 * A generator as its environment makes it, on the double's three APIs: official SDKs, real HTTP, and every line it logs.
 */
export function doubleGenerator(double: QuotaDouble, settings: Settings = {}) {
  const { limits = PLENTY, fallbacks = {}, keys = 'sk-test-1', chat = 'openai', watch = {} } = settings;
  const keyOf = (provider: 'openai' | 'compatible' | 'anthropic') => (typeof keys === 'string' ? keys : keys[provider]);
  const config = readConfig(z.object({ ...llmFields, ...limitsFields }), {
    OPENAI_API_KEY: keyOf('openai'),
    OPENAI_BASE_URL: double.urls.openai,
    ANTHROPIC_API_KEY: keyOf('anthropic'),
    ANTHROPIC_BASE_URL: double.urls.anthropic,
    PLANWRIGHT_COMPATIBLE_BASE_URL: double.urls[chat],
    PLANWRIGHT_COMPATIBLE_API_KEY: keyOf('compatible'),
    PLANWRIGHT_LIMITS: JSON.stringify(limits),
    PLANWRIGHT_FALLBACKS: JSON.stringify(fallbacks),
  });
  const llm = createLlm(config);
  const limiter = settings.limiter ?? createInProcessLimiter();
  const lines: string[] = [];
  const log = createLogger('generator', 'trace', { write: (line: string) => void lines.push(line) });
  const reservations = new Reservations({ limiter, llm, log });
  const made = generator({ llm, reservations, log, limits: watch, clock: { now: Date.now } });
  return {
    ...made,
    limiter,
    lines,
    /** Executes a command and answers the fact it ended with. */
    async write(message: StepGenerate): Promise<AnyMessage> {
      await made.step.execute(message, { redelivered: false });
      return endOf(made.facts, message);
    },
  };
}

/** A command for the model that is asked by this API. */
export function commandFor(api: Api, changes: Partial<StepGenerate['payload']> = {}): StepGenerate {
  return command({ ...MODELS[api], ...changes });
}

/** The same command as the engine issues it again. */
export function nextAttempt({ payload }: StepGenerate, changes: Partial<StepGenerate['payload']> = {}): StepGenerate {
  return command({ ...payload, attempt: payload.attempt + 1, ...changes });
}

/** The last fact of a command. */
function endOf(facts: readonly AnyMessage[], message: StepGenerate): AnyMessage {
  const end = facts.findLast(({ causation_id }) => causation_id === message.id);
  if (!end) throw new Error('the command ended without a fact');
  return end;
}

/** The payload of a fact that has to be of this name. */
export function payloadOf<N extends AnyMessage['name']>(fact: AnyMessage, name: N) {
  if (fact.name !== name) throw new Error(`expected ${name}, got ${fact.name}: ${JSON.stringify(fact.payload)}`);
  return fact.payload as Extract<AnyMessage, { name: N }>['payload'];
}

/** What every test leaves behind: no connection in use, and nothing reserved. */
export async function expectNothingOpen(double: QuotaDouble, limiter?: Limiter): Promise<void> {
  await waitFor(() => double.journal.every(({ closedAt, endedAt }) => closedAt !== null && endedAt !== null), {
    what: 'every connection to be closed',
  });
  const views = (await limiter?.view()) ?? [];
  expect(views.filter(({ calls }) => calls > 0)).toEqual([]);
}
