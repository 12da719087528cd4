import type { CreateWebhook as CreateWebhookBody, WebhookWithSecret } from '@planwright/contracts';
import { MAX_WEBHOOKS } from '@planwright/contracts';
import { noteAudit } from '@planwright/persistence';
import type { Actor, Database, WebhookSecrets } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { RequestProblem } from '../http/problem.js';
import { checkTarget } from './check-target.js';
import { newSecret, shownSecret } from './secret.js';

/** Adds a webhook with a new secret, which only this answer shows. */
export class CreateWebhook {
  constructor(
    private readonly database: Database,
    private readonly auth: 'off' | 'required',
    private readonly secrets: WebhookSecrets,
  ) {}

  /** Throws 400 for an address that can't be reached, 409 `too_many_webhooks`. */
  async execute(by: Actor, body: CreateWebhookBody): Promise<WebhookWithSecret> {
    const { workspaceId } = by;
    checkTarget(body.url, this.auth);
    const id = newId();
    const secret = newSecret();
    const webhook = await this.database.transaction(async (tx) => {
      if ((await tx.webhooks.count(workspaceId)) >= MAX_WEBHOOKS) {
        const detail = `The workspace has ${MAX_WEBHOOKS} webhooks, as many as it may.`;
        throw new RequestProblem('too_many_webhooks', detail, { limit: MAX_WEBHOOKS });
      }
      await tx.webhooks.insert({ ...body, id, workspaceId, secret: this.secrets.seal(secret, id) });
      await noteAudit(tx, by, { action: 'webhook.create', subject: id });
      return tx.read.webhook(workspaceId, id);
    });
    if (!webhook) throw new Error(`webhook ${id} was inserted, but is not there`);
    return { ...webhook, secret: shownSecret(secret) };
  }
}
