import {
  authFields,
  installationFields,
  integerField,
  jwtFields,
  originFields,
  processFields,
  urlField,
} from '@planwright/runtime';
import { z } from 'zod';
import { DEFAULT_SETTINGS } from './settings.js';
import { webhookFields } from './webhooks/config.js';

/** The notifier's environment. */
export const configSchema = z.object({
  ...processFields(3001),
  ...installationFields,
  ...authFields,
  ...jwtFields,
  ...originFields,
  ...webhookFields,
  NOTIFIER_CONNECTS_PER_SECOND: integerField({
    default: DEFAULT_SETTINGS.connectsPerSecond,
    min: 1,
    max: 100_000,
    unit: 'connections a second',
    description:
      'Sockets, event streams and pages that wait, which may open in a second on one process; more are told when to come back.',
  }),
  NOTIFIER_MAX_CONNECTIONS: integerField({
    default: DEFAULT_SETTINGS.maxConnections,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    description: 'Sockets, event streams and waiting requests that may be open on one process: about 16 KiB each.',
  }),
  DATABASE_URL: urlField(['postgres', 'postgresql'], { required: true, description: 'PostgreSQL 15 or newer.' }),
  RABBITMQ_URL: urlField(['amqp', 'amqps'], { required: true, description: 'RabbitMQ 3.10 to 4.x.' }),
  REDIS_URL: urlField(['redis', 'rediss'], {
    required: true,
    description: 'Redis 7 or newer: live text, leases, slots and limits.',
  }),
});
