import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Database, UntoldPlace, UntoldScope } from '@planwright/persistence';
import type { FactSource, Log } from '../ports.js';
import type { WebhookSettings } from './settings.js';

/** Facts by which there may be something to tell webhooks. */
const KEYS = ['project.changed', 'document.completed', 'feature.generated', 'feature.generation.failed'];
/** Events turned into deliveries in one transaction. */
const AT_ONCE = 200;
/** Deliveries that ended are deleted once in so many sweeps. */
const SWEEPS_PER_FORGETTING = 40;

/**
 * Turns stored events into deliveries. A fact is a hint where to look; the rows say what there is, so it does not matter
 * how often a fact is told, to how many replicas, or whether it is told at all: a sweep finds what nobody was told of.
 */
export class EventTeller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly hinted = new Set<string>();
  private telling: Promise<void> | null = null;
  private sweeping: Promise<void> | null = null;
  private subscription: { close(): Promise<void> } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sweeps = 0;
  private stopping = false;

  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    private readonly source: FactSource,
    private readonly onDeliveries: () => void,
    private readonly settings: Pick<WebhookSettings, 'sweepMs'>,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.subscription = await this.source.subscribe({
      keys: KEYS,
      // Done when it is noted: what comes while the rows are read is looked up together.
      handle: async ({ workspace_id }) => this.hint(workspace_id),
    });
    this.timer = setInterval(() => this.sweep(), this.settings.sweepMs);
    this.sweep();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.subscription?.close();
    await Promise.all([this.telling, this.sweeping]);
  }

  private hint(workspaceId: string): void {
    this.hinted.add(workspaceId);
    this.telling ??= this.tellHinted().finally(() => (this.telling = null));
  }

  private async tellHinted(): Promise<void> {
    while (this.hinted.size > 0 && !this.stopping) {
      const workspaceIds = [...this.hinted];
      this.hinted.clear();
      await this.tell({ workspaceIds });
    }
  }

  private sweep(): void {
    this.sweeping ??= this.tell(null)
      .then(() => this.forgetNowAndThen())
      .finally(() => (this.sweeping = null));
  }

  /** Never rejects: what was not told now is found by the next sweep. */
  private async tell(scope: UntoldScope): Promise<void> {
    let after: UntoldPlace | null = null;
    try {
      do after = await this.tellSome(scope, after);
      while (after && !this.stopping);
    } catch (error) {
      this.log.warn({ err: error }, 'events could not be turned into webhook deliveries yet');
    }
  }

  /** Answers where to go on; null at the end. */
  private async tellSome(scope: UntoldScope, after: UntoldPlace | null): Promise<UntoldPlace | null> {
    const { added, next } = await this.database.transaction((tx) =>
      tx.webhookQueue.tell({ scope, after, limit: AT_ONCE }, ({ messageId }, error) =>
        this.log.error({ err: error, message: messageId }, 'an event does not fit what webhooks are told of it'),
      ),
    );
    if (added > 0) this.onDeliveries();
    return next;
  }

  private async forgetNowAndThen(): Promise<void> {
    this.sweeps += 1;
    if (this.sweeps % SWEEPS_PER_FORGETTING !== 0) return;
    await this.database
      .transaction((tx) => tx.webhookQueue.forget())
      .catch((error: unknown) => this.log.warn({ err: error }, 'old webhook deliveries could not be deleted'));
  }
}
