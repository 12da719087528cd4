import type { DeliveryResource, WebhookPayload } from '@planwright/contracts';
import { WEBHOOK_TEST_EVENT } from '@planwright/contracts';
import { noteAudit } from '@planwright/persistence';
import type { Actor, AskedDelivery, Tx } from '@planwright/persistence';
import type { Clock } from '@planwright/runtime';
import { newId } from '@planwright/runtime';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { notFound, RequestProblem } from '../http/problem.js';

/** Deliveries that a person asks for: a test, or a message once more. The notifiers find them due and send them. */
export class AskDelivery {
  constructor(
    private readonly makeChange: MakeChange,
    private readonly clock: Clock,
  ) {}

  /** The event `webhook.test`, whatever the webhook is subscribed to. Throws 404, 409 `webhook_disabled`. */
  test(by: Actor, request: ChangeRequest, webhookId: string): Promise<ChangeAnswer> {
    return this.makeChange.execute(request, async (tx) => {
      const id = newId();
      const timestamp = new Date(this.clock.now()).toISOString();
      const payload: WebhookPayload = { type: WEBHOOK_TEST_EVENT, timestamp, data: { webhook_id: webhookId } };
      const message_id = `msg_test_${id.replaceAll('-', '')}`;
      const body = await deliver(tx, request.workspaceId, webhookId, { id, payload, message_id, replay_of: null });
      await noteAudit(tx, by, { action: 'webhook.test', subject: webhookId });
      return { status: 202, body };
    });
  }

  /**
   * The same message, under its `webhook-id`: a receiver that has it knows it by that. However often, whatever became of
   * it. Throws 404, 409 `webhook_disabled`.
   */
  replay(by: Actor, request: ChangeRequest, webhookId: string, deliveryId: string): Promise<ChangeAnswer> {
    return this.makeChange.execute(request, async (tx) => {
      const { workspaceId } = request;
      const before = await tx.read.delivery(workspaceId, webhookId, deliveryId);
      if (!before) throw notFound('delivery', deliveryId);
      const { payload, message_id } = before;
      const again = { id: newId(), payload, message_id, replay_of: before.id };
      const body = await deliver(tx, workspaceId, webhookId, again);
      await noteAudit(tx, by, { action: 'webhook.replay', subject: webhookId });
      return { status: 202, body };
    });
  }
}

async function deliver(
  tx: Tx,
  workspaceId: string,
  webhookId: string,
  asked: AskedDelivery,
): Promise<DeliveryResource> {
  if (!(await tx.webhooks.deliver(workspaceId, webhookId, asked))) {
    const webhook = await tx.read.webhook(workspaceId, webhookId);
    if (!webhook) throw notFound('webhook', webhookId);
    const detail = `The webhook is switched off since ${webhook.disabled_at} (${webhook.disabled_reason}).`;
    throw new RequestProblem('webhook_disabled', detail);
  }
  const delivery = await tx.read.delivery(workspaceId, webhookId, asked.id);
  if (!delivery) throw new Error(`delivery ${asked.id} was inserted, but is not there`);
  return delivery;
}
