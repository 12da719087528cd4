import type { WebhookPayload } from '@planwright/contracts';
import { WEBHOOK_PAYLOADS } from '@planwright/contracts';
import type { UntoldEvent } from './untold-events.js';

/**
 * What a webhook is sent of a stored event: ids and what a list would show, without texts. The schema leaves out what it
 * does not name, so that a field that is added to the live feed does not leave the house by itself. Throws where an event
 * does not fit.
 */
export function payloadOf({ type, at, projectId, body }: UntoldEvent): WebhookPayload {
  const schema = WEBHOOK_PAYLOADS[type as WebhookPayload['type']];
  return schema.parse({ type, timestamp: at, data: { ...body, project_id: projectId } });
}
