import type { WebhookPayload } from '@planwright/contracts';
import type { ClaimedDelivery } from '@planwright/persistence';
import { Webhook } from 'standardwebhooks';

/** What is sent of a delivery, to the byte. */
export function bodyOf({ payload }: Pick<ClaimedDelivery, 'payload'>): string {
  const { type, timestamp, data } = payload as WebhookPayload;
  return JSON.stringify({ type, timestamp, data });
}

/**
 * The headers of the specification. Signed with every secret that is valid (opened ones): the receiver needs to know one
 * of them.
 */
export function signedHeaders(
  { messageId, secrets }: Pick<ClaimedDelivery, 'messageId' | 'secrets'>,
  body: string,
  now: Date,
): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret, { format: 'raw' }).sign(messageId, now, body));
  return {
    'content-type': 'application/json',
    'user-agent': 'Planwright-Webhooks/1',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
}
