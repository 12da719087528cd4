import type { Channel } from 'amqplib';
import { PublishError } from '../broker.js';
import type { ParkedChoice, ParkedList, ParkedMessage, Replayed } from '../broker.js';
import { Choice, sortOut } from '../parked-choice.js';
import { QUEUES } from '../topology.js';
import { untilBack, walkParked } from './parked.js';
import type { Publisher } from './publisher.js';

type Take = Parameters<typeof walkParked>[3];

/** What a person does with parked messages, each call on a channel of its own (`onChannel`). */
export class ParkedQueue {
  constructor(
    readonly options: {
      prefix: string;
      publisher: Publisher;
      onChannel: <T>(work: (channel: Channel) => Promise<T>) => Promise<T>;
    },
  ) {}

  async list(limit: number): Promise<ParkedList> {
    let messages: ParkedMessage[] = [];
    const { total } = await this.#walk(async (batch) => {
      // Copies that came back from a reader who died stand anywhere.
      messages = [...messages, ...batch].sort(byAge).slice(0, limit);
      return new Set();
    });
    const { messageCount: waiting } = await this.options.onChannel((channel) =>
      channel.checkQueue(this.#named('dead')),
    );
    return { total, waiting, messages };
  }

  async replay(ids: ParkedChoice): Promise<Replayed> {
    const choice = new Choice(ids);
    const notReplayable: Replayed['notReplayable'] = [];
    let replayed = 0;
    await this.#walk(async (batch) => {
      const { replayable, unreadable } = sortOut(batch.filter((parked) => choice.has(parked)));
      notReplayable.push(...unreadable);
      const refused = await this.#refused(replayable);
      const done = new Set<ParkedMessage>();
      for (const { parked, message } of replayable) {
        const reason = refused.get(message.id);
        if (reason === undefined) done.add(parked);
        else notReplayable.push({ id: parked.handle, reason });
      }
      replayed += done.size;
      return done;
    });
    return { replayed, notReplayable: [...notReplayable, ...choice.missing] };
  }

  async drop(ids: ParkedChoice): Promise<number> {
    const choice = new Choice(ids);
    let dropped = 0;
    await this.#walk(async (batch) => {
      const chosen = new Set(batch.filter((parked) => choice.has(parked)));
      dropped += chosen.size;
      return chosen;
    });
    return dropped;
  }

  /**
   * One way through the queue, and further ones while something comes back that was done with: of more than 32
   * acknowledgements in a row, RabbitMQ 3.10 forgets the rest when their channel closes (seen with 50).
   */
  async #walk(take: Take): Promise<{ total: number }> {
    const done = new Set<string>();
    const first = await this.#pass(async (batch) => {
      const taken = await take(batch);
      for (const parked of taken) done.add(keyOf(parked));
      return taken;
    });
    for (let last = first; done.size > 0 && last.there > last.left;) {
      last = await this.#pass(async (batch) => new Set(batch.filter((each) => done.has(keyOf(each)))));
      if (last.taken === 0) break;
    }
    return first;
  }

  async #pass(take: Take) {
    const { prefix, onChannel } = this.options;
    const queue = this.#named('parked');
    const walked = await onChannel((channel) => walkParked(channel, queue, prefix, take));
    const there = await onChannel((channel) => untilBack(channel, queue, walked.left));
    return { ...walked, there };
  }

  #named(queue: keyof typeof QUEUES): string {
    return `${this.options.prefix}.${QUEUES[queue]}`;
  }

  /** Publishes; which were not confirmed, by message id, with a sentence. */
  async #refused(replayable: ReturnType<typeof sortOut>['replayable']): Promise<ReadonlyMap<string, string>> {
    try {
      await this.options.publisher.replay(replayable);
      return new Map();
    } catch (error) {
      if (!(error instanceof PublishError)) throw error;
      return new Map(error.failures.map(({ id, reason }) => [id, reason]));
    }
  }
}

const byAge = (a: ParkedMessage, b: ParkedMessage): number => (a.parkedAt ?? '').localeCompare(b.parkedAt ?? '');

/** Tells a message from one of the same id that was parked at another time. */
function keyOf({ handle, parkedAt }: ParkedMessage): string {
  return `${handle} ${parkedAt}`;
}
