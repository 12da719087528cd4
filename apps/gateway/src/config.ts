import { DEFAULT_MODELS, PROVIDER_NAMES } from '@planwright/contracts';
import type { ProviderName } from '@planwright/contracts';
import {
  authFields,
  choiceField,
  defineField,
  installationFields,
  integerField,
  processFields,
  textField,
  urlField,
} from '@planwright/runtime';
import { z } from 'zod';
import type { ModelOffer } from './runs/model-choice.js';

const SHORTEST_KEY = 24;

/** What the standalone platform asks of its environment for the gateway's part. */
export const gatewayFields = {
  ...authFields,
  PLANWRIGHT_BOOTSTRAP_KEY: defineField<string, { description: string }>(
    { description: 'First API key of the workspace default.' },
    {
      expects: `a text of at least ${SHORTEST_KEY} visible ASCII characters`,
      secret: true,
      parse: (text) => (text.length >= SHORTEST_KEY && /^[\x21-\x7e]+$/.test(text) ? text : undefined),
    },
  ),
  PLANWRIGHT_PROVIDER: choiceField<ProviderName, { default: ProviderName; description: string }>(PROVIDER_NAMES, {
    default: 'offline',
    description: 'Provider of runs whose project names none.',
  }),
  PLANWRIGHT_MODEL: textField({ description: "Model of runs that name none. Default: the provider's own." }),
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
    description: 'Redis 7 or newer: live text, leases and slots.',
  }),
  NOTIFIER_URL: urlField(['http', 'https'], {
    default: 'http://127.0.0.1:3001',
    description: 'Where /v1/live and event streams are forwarded to when no ingress does it.',
  }),
});

/** What this deployment offers: the default provider first, with the deployment's model if it names one. */
export function modelOffer(config: {
  PLANWRIGHT_PROVIDER: ProviderName;
  PLANWRIGHT_MODEL?: string | undefined;
}): ModelOffer {
  const { PLANWRIGHT_PROVIDER: first, PLANWRIGHT_MODEL: model } = config;
  const others = PROVIDER_NAMES.filter((provider) => provider !== first);
  return [
    { provider: first, defaultModel: model ?? DEFAULT_MODELS[first] },
    ...others.map((provider) => ({ provider, defaultModel: DEFAULT_MODELS[provider] })),
  ];
}
