import { DEFAULT_MODELS, PROVIDER_NAMES } from '@planwright/contracts';
import type { ProviderName } from '@planwright/contracts';
import { isMistyped } from '@planwright/persistence';
import { builtInPrices, costOf, priceFields, priceOf } from '@planwright/limits';
import type { PriceTable } from '@planwright/limits';
import {
  authFields,
  choiceField,
  defineField,
  installationFields,
  integerField,
  jwtFields,
  originFields,
  processFields,
  secretsFields,
  textField,
  urlField,
} from '@planwright/runtime';
import { z } from 'zod';
import { requestLimitFields } from './request-limits/config.js';
import type { EstimateCost } from './runs/estimate-run.js';
import type { ModelOffer } from './runs/model-choice.js';

const SHORTEST_KEY = 24;

/** What the standalone platform asks of its environment for the gateway's part. */
export const gatewayFields = {
  ...authFields,
  ...jwtFields,
  ...originFields,
  ...secretsFields,
  PLANWRIGHT_BOOTSTRAP_KEY: defineField<string, { description: string }>(
    { description: 'First API key of the workspace default.' },
    {
      expects: `a text of at least ${SHORTEST_KEY} visible ASCII characters, and no mistyped key that was issued here`,
      secret: true,
      parse: (text) =>
        text.length >= SHORTEST_KEY && /^[\x21-\x7e]+$/.test(text) && !isMistyped(text) ? text : undefined,
    },
  ),
  PLANWRIGHT_PROVIDER: choiceField<ProviderName, { description: string }>(PROVIDER_NAMES, {
    description:
      'Provider of runs where neither they nor their project nor their workspace names one. Without it the first whose ' +
      'key (or address) is set for this process, openai before anthropic before compatible; else offline. Name it where ' +
      'the keys are set for the generators alone.',
  }),
  PLANWRIGHT_MODEL: textField({
    description:
      "Model of that provider for runs that name none. Default: the provider's own; compatible has none, and a run has " +
      'to name its model there.',
  }),
  OPENAI_API_KEY: isSetField('openai'),
  ANTHROPIC_API_KEY: isSetField('anthropic'),
  PLANWRIGHT_COMPATIBLE_BASE_URL: isSetField('compatible'),
  ...priceFields,
  PLANWRIGHT_BLUEPRINTS_DIR: textField({
    description:
      'Folder with blueprints/ and templates/ of your own, over the built-in ones; see blueprints.md. Every gateway ' +
      'needs the same. Read at the start; runs keep what they were started with.',
  }),
  ...requestLimitFields,
  PLANWRIGHT_MAX_ACTIVE_RUNS: integerField({
    min: 1,
    max: 1_000_000,
    unit: 'runs',
    default: 1_000,
    description:
      'Runs of one workspace that have not ended, those that wait for another included; more are answered 429.',
  }),
};

/** The gateway's environment. */
export const configSchema = z.object({
  ...processFields(3000),
  ...installationFields,
  ...gatewayFields,
  DATABASE_URL: urlField(['postgres', 'postgresql'], { required: true, description: 'PostgreSQL 15 or newer.' }),
  RABBITMQ_URL: urlField(['amqp', 'amqps'], { required: true, description: 'RabbitMQ 3.10 to 4.x.' }),
  REDIS_URL: urlField(['redis', 'rediss'], {
    required: true,
    description: 'Redis 7 or newer: live text, leases, slots and limits.',
  }),
  NOTIFIER_URL: urlField(['http', 'https'], {
    default: 'http://127.0.0.1:3001',
    description: 'Where /v1/live and event streams are forwarded to when no ingress does it.',
  }),
});

/** Set or not: the value itself is for the generators alone, and is forgotten here as soon as it is read. */
function isSetField(provider: ProviderName) {
  return defineField<true, { description: string }>(
    {
      description: `Whether it is set makes ${provider} the default provider where PLANWRIGHT_PROVIDER names none; its value is not used.`,
    },
    { expects: 'set or not', secret: true, parse: () => true },
  );
}

/** The variables without which a provider can't be called, in the order in which providers are preferred. */
const NEEDS = [
  ['openai', 'OPENAI_API_KEY'],
  ['anthropic', 'ANTHROPIC_API_KEY'],
  ['compatible', 'PLANWRIGHT_COMPATIBLE_BASE_URL'],
] as const satisfies [ProviderName, string][];

/** What decides over the default provider. Of the keys only whether they are there. */
type OfferConfig = {
  PLANWRIGHT_PROVIDER?: ProviderName | undefined;
  PLANWRIGHT_MODEL?: string | undefined;
} & Partial<Record<(typeof NEEDS)[number][1], unknown>>;

/** What this deployment offers: the default provider first, with the deployment's model if it names one. */
export function modelOffer(config: OfferConfig): ModelOffer {
  const { PLANWRIGHT_PROVIDER: named, PLANWRIGHT_MODEL: model } = config;
  const first = named ?? NEEDS.find(([, name]) => Boolean(config[name]))?.[0] ?? 'offline';
  const others = PROVIDER_NAMES.filter((provider) => provider !== first);
  return [
    { provider: first, defaultModel: model ?? DEFAULT_MODELS[first] },
    ...others.map((provider) => ({ provider, defaultModel: DEFAULT_MODELS[provider] })),
  ];
}

/** Prices estimates as the generators price calls, as long as they are given the same `PLANWRIGHT_PRICES`. */
export function estimateCost(config: { PLANWRIGHT_PRICES?: PriceTable | undefined }): EstimateCost {
  const prices = config.PLANWRIGHT_PRICES ?? builtInPrices();
  return (provider, model, usage) => {
    const price = priceOf(prices, provider, model);
    return price && costOf(price, usage);
  };
}
