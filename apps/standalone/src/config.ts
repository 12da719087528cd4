import { gatewayFields } from '@planwright/gateway';
import { generatorFields } from '@planwright/generator';
import { webhookFields } from '@planwright/notifier';
import { processFields, textField } from '@planwright/runtime';
import { z } from 'zod';

/** The environment of `npm start`: what the four apps ask for, without the services it brings itself. */
export const configSchema = z.object({
  ...processFields(3000),
  ...gatewayFields,
  ...generatorFields,
  ...webhookFields,
  PLANWRIGHT_DATA_DIR: textField({
    default: '.planwright',
    description: 'Folder of the embedded PostgreSQL; made if missing.',
  }),
});
