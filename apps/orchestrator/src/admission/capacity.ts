import type { StepClass } from '@planwright/contracts';
import { CLASS_QUEUES } from '@planwright/messaging';
import type { QueueState, WorkQueue } from '@planwright/messaging';
import type { Slots } from '@planwright/presence';
import type { Clock, Logger } from '@planwright/runtime';

/** What is asked about the generators. */
export interface Generators {
  /** The slots they announced; null when none did. */
  slots(): Promise<Slots | null>;
}

/** What is asked of the broker. */
export interface Queues {
  queueStates(): Promise<Record<WorkQueue, QueueState>>;
}

/** Announcements are made every two seconds: asking more often than this learns nothing. */
const FRESH_MS = 500;
/** An answer older than this is not gone by. With a younger one, a few steps may wait in the broker for a slot. */
const STALE_MS = 3_000;

const NONE: Slots = { interactive: 0, background: 0, features: 0 };

/**
 * How many steps of each class the generators can write at a time. Without an announcement (Redis lost, generators of an
 * older release) it is taken from the number of consumers; when the broker does not answer either, from what was known.
 *
 * Steps that are ready to go do not wait for the question: it is answered by what is known, and asked behind their back.
 */
export class Capacity {
  private known: Slots | null = null;
  private askedAt = -Infinity;
  private asking: Promise<Slots> | null = null;

  constructor(
    private readonly parts: {
      generators: Generators;
      broker: Queues;
      /** Slots a generator is taken to have for each queue it serves. */
      slotsPerConsumer: number;
      clock: Clock;
      log: Logger;
    },
  ) {}

  /** What is known and not stale; null where it has to be waited for. */
  atOnce(): Slots | null {
    // A clock that is set back makes the answer old, not young for ever.
    const ageMs = Math.abs(this.parts.clock.now() - this.askedAt);
    if (ageMs >= FRESH_MS) this.asking ??= this.ask().finally(() => (this.asking = null));
    return ageMs < STALE_MS ? this.known : null;
  }

  /** Never rejects. Waits for an answer only while none is known, or after a pause. */
  async slots(): Promise<Slots> {
    return this.atOnce() ?? (await this.asking) ?? NONE;
  }

  private async ask(): Promise<Slots> {
    const { generators, clock, log } = this.parts;
    try {
      const announced = await generators.slots().catch((error: unknown) => {
        log.warn({ err: error }, 'the slots of generators can not be read; their consumers are counted instead');
        return null;
      });
      this.known = announced ?? (await this.counted());
    } catch (error) {
      log.warn({ err: error }, 'the free slots of generators are not known');
    }
    this.askedAt = clock.now();
    return this.known ?? NONE;
  }

  private async counted(): Promise<Slots> {
    const queues = await this.parts.broker.queueStates();
    const slots = (stepClass: StepClass) => queues[CLASS_QUEUES[stepClass]].consumers * this.parts.slotsPerConsumer;
    return { interactive: slots('interactive'), background: slots('background'), features: slots('features') };
  }
}
