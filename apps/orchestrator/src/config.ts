import { installationFields, integerField, processFields, urlField } from '@planwright/runtime';
import { z } from 'zod';

/** The orchestrator's environment. */
export const configSchema = z.object({
  ...processFields(3002),
  ...installationFields,
  DATABASE_URL: urlField(['postgres', 'postgresql'], { required: true, description: 'PostgreSQL 15 or newer.' }),
  RABBITMQ_URL: urlField(['amqp', 'amqps'], { required: true, description: 'RabbitMQ 3.10 to 4.x.' }),
  REDIS_URL: urlField(['redis', 'rediss'], {
    required: true,
    description: 'Redis 7 or newer: live text, leases, slots and limits.',
  }),
  GENERATOR_CONCURRENCY: integerField({
    min: 1,
    max: 1_000,
    unit: 'steps',
    default: 16,
    description: 'Slots a generator is taken to have while none has announced its own.',
  }),
});
