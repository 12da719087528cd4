import type { ProblemCode } from '../problems.js';
import { page, pageQuery } from './lists.js';
import type { Route } from './routes.js';
import {
  createWebhook,
  deliveriesQuery,
  deliveryResource,
  updateWebhook,
  webhookResource,
  webhookWithSecret,
} from './webhooks.js';

const TAG = 'webhooks';

const read: ProblemCode[] = ['unauthenticated', 'invalid_request', 'not_found'];
const write: ProblemCode[] = [...read, 'malformed_json', 'payload_too_large', 'unsupported_media_type'];

/**
 * Outgoing webhooks. Those that answer a secret take no `Idempotency-Key`: the answer would have to be kept, secret
 * included, and be shown a second time.
 */
export const WEBHOOK_ROUTES = {
  createWebhook: {
    method: 'POST',
    needs: 'admin',
    path: '/v1/webhooks',
    summary: 'Have events sent to an address; the answer shows the secret that signs them, once',
    tag: TAG,
    body: createWebhook,
    status: 201,
    response: webhookWithSecret,
    problems: [...write, 'too_many_webhooks'],
  },
  listWebhooks: {
    method: 'GET',
    needs: 'admin',
    path: '/v1/webhooks',
    summary: 'List webhooks, newest first',
    tag: TAG,
    query: pageQuery,
    status: 200,
    response: page(webhookResource),
    problems: read,
  },
  getWebhook: {
    method: 'GET',
    needs: 'admin',
    path: '/v1/webhooks/{id}',
    summary: 'Read a webhook',
    tag: TAG,
    status: 200,
    response: webhookResource,
    problems: read,
  },
  updateWebhook: {
    method: 'PATCH',
    needs: 'admin',
    path: '/v1/webhooks/{id}',
    summary: 'Change a webhook, switch it off or on again; what waited when it was switched off can be replayed',
    tag: TAG,
    body: updateWebhook,
    status: 200,
    response: webhookResource,
    problems: write,
  },
  deleteWebhook: {
    method: 'DELETE',
    needs: 'admin',
    path: '/v1/webhooks/{id}',
    summary: 'Delete a webhook with its deliveries',
    tag: TAG,
    status: 204,
    response: null,
    problems: read,
  },
  rotateWebhookSecret: {
    method: 'POST',
    needs: 'admin',
    path: '/v1/webhooks/{id}/rotate-secret',
    summary: 'Give a webhook a new secret, shown once; for 24 hours the one before signs as well, older ones never',
    tag: TAG,
    status: 200,
    response: webhookWithSecret,
    problems: read,
  },
  testWebhook: {
    method: 'POST',
    needs: 'admin',
    path: '/v1/webhooks/{id}/test',
    summary: 'Send the event `webhook.test`; the deliveries say what became of it',
    tag: TAG,
    idempotent: true,
    status: 202,
    response: deliveryResource,
    problems: [...read, 'idempotency_key_reused', 'webhook_disabled'],
  },
  listDeliveries: {
    method: 'GET',
    needs: 'admin',
    path: '/v1/webhooks/{id}/deliveries',
    summary: "List a webhook's deliveries, newest first, with what became of each",
    tag: TAG,
    query: deliveriesQuery,
    status: 200,
    response: page(deliveryResource),
    problems: read,
  },
  replayDelivery: {
    method: 'POST',
    needs: 'admin',
    path: '/v1/webhooks/{id}/deliveries/{delivery_id}/replay',
    summary: 'Send a message again: a new delivery with the same `webhook-id`, by which a receiver knows it',
    tag: TAG,
    idempotent: true,
    status: 202,
    response: deliveryResource,
    problems: [...read, 'idempotency_key_reused', 'webhook_disabled'],
  },
} as const satisfies Record<string, Route>;
