import type { StepClass } from '@planwright/contracts';
import { runChannel } from '@planwright/contracts';
import type { Database, OutboxRow, Tx } from '@planwright/persistence';
import { admit } from '@planwright/plan';
import type { WaitingStep } from '@planwright/plan';
import type { Slots } from '@planwright/presence';
import type { Logger } from '@planwright/runtime';
import type { OutboxSender } from '../outbox/outbox-sender.js';
import type { LiveFeed } from '../runs/live-feed.js';
import type { Capacity } from './capacity.js';

/** What somebody watches goes first. */
const CLASSES: readonly StepClass[] = ['interactive', 'features', 'background'];

/** So many steps are handed out in one round at most; the next round follows at once. */
const MAX_ROUND = 200;

/**
 * Lets issued steps go on to the generators: as many as have a free slot, fairly between workspaces (`admit` in
 * `libs/plan`). So little waits in the broker that what was admitted and is not begun soon is lost, that a cancelled step
 * is hardly ever on its way, and that a workspace with a thousand runs does not stand before one with a single one.
 *
 * One round at a time in this process, and by the admission lock in all: requests that come meanwhile share the next one.
 */
export class Admission {
  private running: Promise<unknown> = Promise.resolve();
  private next: Promise<void> | null = null;
  /** Runs whose facts are on their way to the live log: their commands are sent after that. */
  private facts = new Map<string, Promise<void>>();
  private backlog = false;

  constructor(
    private readonly parts: {
      database: Database;
      capacity: Pick<Capacity, 'slots'>;
      sender: OutboxSender;
      live: Pick<LiveFeed, 'show'>;
      log: Logger;
    },
  ) {}

  /** After a commit that issued steps of a run. Resolves when what could go is sent; never rejects. */
  issued(runId: string, facts: Promise<void>): Promise<void> {
    this.facts.set(runId, facts);
    return this.admit();
  }

  /** After a commit that freed a slot. */
  async freed(): Promise<void> {
    if (this.backlog) await this.admit();
  }

  /** Whatever waits. Resolves when what could go is sent; never rejects. */
  admit(): Promise<void> {
    if (this.next) return this.next;
    const round = this.running.then(() => {
      this.next = null;
      const facts = this.facts;
      this.facts = new Map();
      return this.round().then((rows) => ({ rows, facts }));
    });
    this.running = round.catch(() => undefined);
    this.next = round
      .then(({ rows, facts }) => this.send(rows, facts))
      .catch((error: unknown) => {
        this.parts.log.warn({ err: error }, 'a round of admission failed; the next one makes up for it');
      });
    return this.next;
  }

  private async round(): Promise<OutboxRow[]> {
    const slots = await this.parts.capacity.slots();
    return this.parts.database.transaction((tx) => this.decide(tx, slots));
  }

  private async decide({ admission }: Tx, slots: Slots): Promise<OutboxRow[]> {
    await admission.lock();
    const admitted = await admission.admitted();
    const free = new Map(CLASSES.map((of) => [of, Math.min(slots[of] - (admitted.get(of) ?? 0), MAX_ROUND)]));
    const most = Math.max(...free.values());
    if (most <= 0) {
      this.backlog = true;
      return [];
    }
    const turns = await admission.turns(most);
    const chosen: WaitingStep[] = [];
    this.backlog = false;
    for (const stepClass of CLASSES) {
      const waiting = turns.get(stepClass) ?? [];
      if (waiting.length === 0) continue;
      const round = admit(waiting, Math.max(0, free.get(stepClass) ?? 0));
      chosen.push(...round.admitted);
      await admission.keep(stepClass, round.turns, round.emptied);
      this.backlog ||= round.turns.length > 0;
    }
    return admission.admit(chosen);
  }

  /** Facts come first: whoever follows sees a section complete before the next one starts. */
  private async send(rows: readonly OutboxRow[], facts: ReadonlyMap<string, Promise<void>>): Promise<void> {
    const runs = new Set(rows.flatMap(({ runId }) => (runId === null ? [] : [runId])));
    await Promise.all([...runs].map((runId) => facts.get(runId) ?? this.parts.live.show(runChannel(runId))));
    await this.parts.sender.send(rows);
  }
}
