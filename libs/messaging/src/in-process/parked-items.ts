import type { AnyMessage } from '@planwright/contracts';
import { PARKED_LIMIT } from '../broker.js';
import type { ParkedChoice, ParkedMessage, Replayed } from '../broker.js';
import { Choice, handleOf, sortOut } from '../parked-choice.js';
import type { Item } from './queue.js';

/** Parked messages kept; the oldest go first. */
const MAX_PARKED = 1_000;

/** A dead letter as its handler and people see it. */
export function parkedMessage({ body, id, name, dead }: Item): ParkedMessage {
  const { queue, reason, parkedAt } = dead ?? { queue: null, reason: 'unknown', parkedAt: null };
  return { handle: handleOf(id, body), id, name, queue, reason, parkedAt, body };
}

/** The parked queue of one process. */
export class ParkedItems {
  #messages: ParkedMessage[] = [];

  add(message: ParkedMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > MAX_PARKED) this.#messages.shift();
  }

  list(limit: number): { total: number; messages: ParkedMessage[] } {
    return { total: this.#messages.length, messages: this.#messages.slice(0, Math.min(limit, PARKED_LIMIT)) };
  }

  replay(ids: ParkedChoice, publish: (message: AnyMessage, body: Uint8Array) => void): Replayed {
    const choice = new Choice(ids);
    const { replayable, unreadable } = sortOut(this.#messages.filter((parked) => choice.has(parked)));
    const done = new Set<ParkedMessage>();
    for (const { message, parked } of replayable) {
      try {
        publish(message, parked.body);
        done.add(parked);
      } catch (error) {
        unreadable.push({ id: parked.handle, reason: (error as Error).message });
      }
    }
    this.#messages = this.#messages.filter((parked) => !done.has(parked));
    return { replayed: done.size, notReplayable: [...unreadable, ...choice.missing] };
  }

  drop(ids: ParkedChoice): number {
    const choice = new Choice(ids);
    const before = this.#messages.length;
    this.#messages = this.#messages.filter((parked) => !choice.has(parked));
    return before - this.#messages.length;
  }
}
