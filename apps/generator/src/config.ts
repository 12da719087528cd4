import { limitsFields } from '@planwright/limits';
import { llmFields } from '@planwright/llm';
import { QUEUES } from '@planwright/messaging';
import type { WorkQueue } from '@planwright/messaging';
import type { Slots } from '@planwright/presence';
import { choicesField, installationFields, integerField, processFields, urlField } from '@planwright/runtime';
import { z } from 'zod';

/** Queues a generator can serve, as `GENERATOR_QUEUES` names them. */
export const GENERATOR_QUEUES = ['interactive', 'background', 'features'] as const;
export type GeneratorQueue = (typeof GENERATOR_QUEUES)[number];

const QUEUE_NAMES: Record<GeneratorQueue, WorkQueue> = {
  interactive: QUEUES.generatorInteractive,
  background: QUEUES.generatorBackground,
  features: QUEUES.generatorFeatures,
};

/** Variables of generators wherever they run, `apps/standalone` included. */
export const generatorFields = {
  ...llmFields,
  ...limitsFields,
  GENERATOR_CONCURRENCY: integerField({
    min: 1,
    max: 1_000,
    unit: 'steps',
    default: 16,
    description: 'Steps written at a time, of each queue.',
  }),
  GENERATOR_QUEUES: choicesField(GENERATOR_QUEUES, {
    default: GENERATOR_QUEUES,
    description: 'Queues to serve: sections somebody watches, the other sections, features.',
  }),
};

/** The generator's environment. */
export const configSchema = z.object({
  ...processFields(3003),
  ...installationFields,
  ...generatorFields,
  RABBITMQ_URL: urlField(['amqp', 'amqps'], { required: true, description: 'RabbitMQ 3.10 to 4.x.' }),
  REDIS_URL: urlField(['redis', 'rediss'], {
    required: true,
    description: 'Redis 7 or newer: live text, leases, slots and limits.',
  }),
});
export type GeneratorConfig = z.infer<typeof configSchema>;

/** What the transport takes from the broker for a generator. A slot is a prefetched message: none waits in the process. */
export function generatorMessages(config: Pick<GeneratorConfig, 'GENERATOR_CONCURRENCY' | 'GENERATOR_QUEUES'>) {
  const consume = config.GENERATOR_QUEUES.map((name) => ({
    queue: QUEUE_NAMES[name],
    prefetch: config.GENERATOR_CONCURRENCY,
  }));
  return { consume, subscribe: ['step.cancel'] };
}

/** How many steps of each class a generator can write at a time: as many as it takes from the queue of the class. */
export function generatorSlots(config: Pick<GeneratorConfig, 'GENERATOR_CONCURRENCY' | 'GENERATOR_QUEUES'>): Slots {
  const slotsOf = (name: GeneratorQueue) => (config.GENERATOR_QUEUES.includes(name) ? config.GENERATOR_CONCURRENCY : 0);
  return { interactive: slotsOf('interactive'), background: slotsOf('background'), features: slotsOf('features') };
}
