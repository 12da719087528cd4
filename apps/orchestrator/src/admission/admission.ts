import type { StepClass } from '@planwright/contracts';
import { runChannel } from '@planwright/contracts';
import type { Database, Line, OutboxRow, Tx } from '@planwright/persistence';
import { admit } from '@planwright/plan';
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
      capacity: Pick<Capacity, 'slots' | 'atOnce'>;
      sender: OutboxSender;
      live: Pick<LiveFeed, 'show'>;
      log: Logger;
    },
  ) {}

  /**
   * A round inside the transaction that issues steps, as its last act: they need no other one. Null while another round
   * is under way, or the slots are not known: then they are admitted after it.
   */
  async atOnce(tx: Tx): Promise<OutboxRow[] | null> {
    const slots = this.parts.capacity.atOnce();
    if (!slots) return null;
    // One behind the other, without a pause: what the second one sees is settled once the first one is done.
    const [locked, lines] = await Promise.all([tx.admission.tryLock(), look(tx, slots)]);
    return locked ? this.handOut(tx, lines) : null;
  }

  /**
   * After a commit that issued steps of a run, with what `atOnce` answered. Their commands are sent once `facts` are
   * shown. Resolves when what could go is sent; never rejects.
   */
  issued(runId: string, facts: Promise<void>, admitted: readonly OutboxRow[] | null): Promise<void> {
    if (admitted) return this.send(admitted, new Map([[runId, facts]]));
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
    return this.parts.database.transaction(async (tx) => {
      await tx.admission.lock();
      return this.handOut(tx, await look(tx, slots));
    });
  }

  /** Under the admission lock, with lines that were looked at under it. */
  private handOut({ admission }: Tx, lines: readonly Line[]): Promise<OutboxRow[]> {
    const rounds = lines.map((line) => ({ line, ...admit(line.turns, line.room) }));
    this.backlog = rounds.some(({ line, turns }) => (line.room > 0 ? turns.length > 0 : line.waits));
    return admission.handOut(rounds);
  }

  /** Facts come first: whoever follows sees a section complete before the next one starts. */
  private async send(rows: readonly OutboxRow[], facts: ReadonlyMap<string, Promise<void>>): Promise<void> {
    const runs = new Set(rows.flatMap(({ runId }) => (runId === null ? [] : [runId])));
    await Promise.all([...runs].map((runId) => facts.get(runId) ?? this.parts.live.show(runChannel(runId))));
    await this.parts.sender.send(rows);
  }
}

function look({ admission }: Tx, slots: Slots): Promise<Line[]> {
  const classes = CLASSES.map((of) => ({ class: of, slots: slots[of] }));
  return admission.look(classes, MAX_ROUND);
}
