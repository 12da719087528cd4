import { authFields, installationFields, processFields, urlField } from '@planwright/runtime';
import { z } from 'zod';

/** The notifier's environment. */
export const configSchema = z.object({
  ...processFields(3001),
  ...installationFields,
  ...authFields,
  DATABASE_URL: urlField(['postgres', 'postgresql'], { required: true, description: 'PostgreSQL 15 or newer.' }),
  RABBITMQ_URL: urlField(['amqp', 'amqps'], { required: true, description: 'RabbitMQ 3.10 to 4.x.' }),
  REDIS_URL: urlField(['redis', 'rediss'], {
    required: true,
    description: 'Redis 7 or newer: live text, leases, slots and limits.',
  }),
});
