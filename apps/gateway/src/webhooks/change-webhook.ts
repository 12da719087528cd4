import type { UpdateWebhook, WebhookResource, WebhookWithSecret } from '@planwright/contracts';
import { noteAudit } from '@planwright/persistence';
import type { Actor, Database, Tx, WebhookSecrets } from '@planwright/persistence';
import { notFound, RequestProblem } from '../http/problem.js';
import { checkTarget } from './check-target.js';
import { newSecret, shownSecret } from './secret.js';

/** Changes what a webhook is sent and where to, and what signs it. */
export class ChangeWebhook {
  constructor(
    private readonly database: Database,
    private readonly auth: 'off' | 'required',
    private readonly secrets: WebhookSecrets,
  ) {}

  /** Throws 404, and 400 for a body that changes nothing or an address that can't be reached. */
  async update(by: Actor, id: string, body: UpdateWebhook): Promise<WebhookResource> {
    if (Object.keys(body).length === 0) {
      throw new RequestProblem('invalid_request', 'The body names nothing to change.', {
        errors: [{ pointer: '/', code: 'empty', message: 'must have at least one field' }],
      });
    }
    if (body.url !== undefined) checkTarget(body.url, this.auth);
    return this.database.transaction(async (tx) => {
      await tx.webhooks.update(by.workspaceId, id, body);
      return changed(tx, by, id, 'webhook.update');
    });
  }

  /** A new secret, which only this answer shows; the one before signs on for 24 hours. Throws 404. */
  async rotate(by: Actor, id: string): Promise<WebhookWithSecret> {
    const secret = newSecret();
    const webhook = await this.database.transaction(async (tx) => {
      await tx.webhooks.rotate(by.workspaceId, id, this.secrets.seal(secret, id));
      return changed(tx, by, id, 'webhook.rotate');
    });
    return { ...webhook, secret: shownSecret(secret) };
  }
}

/** The webhook after a change, which is noted. Throws 404, which undoes the transaction. */
async function changed(
  tx: Tx,
  by: Actor,
  id: string,
  action: 'webhook.update' | 'webhook.rotate',
): Promise<WebhookResource> {
  const webhook = await tx.read.webhook(by.workspaceId, id);
  if (!webhook) throw notFound('webhook', id);
  await noteAudit(tx, by, { action, subject: id });
  return webhook;
}
