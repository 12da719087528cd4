import { installationFields, secretsFields, urlField } from '@planwright/runtime';
import { z } from 'zod';

const fields = {
  ...installationFields,
  ...secretsFields,
  DATABASE_URL: urlField(['postgres', 'postgresql'], { required: true, description: 'PostgreSQL 15 or newer.' }),
  RABBITMQ_URL: urlField(['amqp', 'amqps'], { required: true, description: 'RabbitMQ 3.10 to 4.x.' }),
  REDIS_URL: urlField(['redis', 'rediss'], {
    required: true,
    description: 'Redis 7 or newer: live text, leases, slots and limits.',
  }),
};

/** The environment of `npm run ops`; each command reads the part it needs. */
export const configSchema = z.object(fields);
