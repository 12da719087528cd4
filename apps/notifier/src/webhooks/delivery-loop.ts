import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ClaimedDelivery, Database, WebhookSecrets } from '@planwright/persistence';
import type { Log } from '../ports.js';
import { decideDelivery } from './decide-delivery.js';
import { bodyOf, signedHeaders } from './message.js';
import type { Answer, Request } from './post.js';
import type { WebhookSettings } from './settings.js';

/** Sends one request; `post` with where it may go. */
export type Send = (request: Request, signal: AbortSignal) => Promise<Answer>;

/**
 * Sends what is due, many side by side, a few of one webhook. Every replica runs it: a delivery is claimed in its row,
 * sent, and settled there. Whatever happens between, the claim lapses and the delivery is sent again with the same
 * `webhook-id`: at least once, and a receiver can tell.
 */
export class DeliveryLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sending = new Map<string, { webhookId: string; done: Promise<void> }>();
  private readonly ended = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private claiming: Promise<void> | null = null;
  private again = false;
  private stopping = false;

  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    private readonly send: Send,
    private readonly settings: WebhookSettings,
    private readonly log: Log,
    private readonly secrets: WebhookSecrets,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), this.settings.pollMs);
    this.wake();
  }

  /** What is under way has a moment to end; the rest is given back, for another replica or the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.claiming;
    const all = Promise.all([...this.sending.values()].map(({ done }) => done));
    const late = new AbortController();
    await Promise.race([all, sleep(this.settings.drainMs, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    this.ended.abort();
    await all;
  }

  /** Something may be due. */
  wake(): void {
    if (this.stopping) return;
    if (this.claiming) {
      this.again = true;
      return;
    }
    this.claiming = this.claim()
      .catch((error: unknown) => this.log.warn({ err: error }, 'due webhook deliveries could not be claimed'))
      .finally(() => {
        this.claiming = null;
        if (!this.again) return;
        this.again = false;
        this.wake();
      });
  }

  private async claim(): Promise<void> {
    const { slots, perWebhook, leaseMs } = this.settings;
    const free = slots - this.sending.size;
    if (free <= 0) return;
    const busy: Record<string, number> = {};
    for (const { webhookId } of this.sending.values()) busy[webhookId] = (busy[webhookId] ?? 0) + 1;
    const claimed = await this.database.transaction((tx) => tx.webhookQueue.claim({ free, perWebhook, busy, leaseMs }));
    for (const delivery of claimed) {
      // One that is under way here still, under a claim that lapsed, is another entry.
      const key = `${delivery.id} ${delivery.attempt}`;
      const done = this.deliver(delivery)
        .catch((error: unknown) => {
          this.log.warn({ err: error, delivery: delivery.id }, 'the end of a webhook delivery could not be stored');
        })
        .finally(() => {
          this.sending.delete(key);
          this.wake();
        });
      this.sending.set(key, { webhookId: delivery.webhookId, done });
    }
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const now = Date.now();
    const answer = await this.attempt(delivery, now);
    if (answer.type === 'stopped') return this.database.transaction((tx) => tx.webhookQueue.release(delivery));
    const result = decideDelivery(answer, delivery.attempt, { random: Math.random(), now });
    const disabled = await this.database.transaction((tx) => tx.webhookQueue.settle(delivery, result));
    const named = { webhook: delivery.webhookId, delivery: delivery.id, attempt: delivery.attempt };
    // The address may hold a token of the receiver's: it stands in no log.
    if (disabled) this.log.warn({ ...named, reason: disabled }, 'webhook switched off');
    else if (result.type === 'failed') this.log.warn({ ...named, reason: result.error }, 'webhook delivery given up');
    else if (result.type === 'retry') this.log.debug({ ...named, reason: result.error }, 'webhook delivery failed');
  }

  private async attempt(delivery: ClaimedDelivery, now: number): Promise<Answer> {
    const { messageId, webhookId, url } = delivery;
    const opened = delivery.secrets.map((stored) => this.secrets.open(stored, webhookId));
    const secrets = opened.filter((secret) => secret !== null);
    // With one signature missing, the receiver's refusal would tell of a fault that is none of the receiver's.
    if (secrets.length < opened.length) return SEALED;
    const body = bodyOf(delivery);
    return this.send(
      { url, headers: signedHeaders({ messageId, secrets }, body, new Date(now)), body },
      this.ended.signal,
    );
  }
}

const SEALED: Answer = {
  type: 'unanswered',
  error: 'Nothing was sent: the secret of this webhook could not be opened here. Its key is missing on the server.',
};
