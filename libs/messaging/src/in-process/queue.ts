/** One message as it waits: bytes, so that it passes through the same checks as one from the network. */
export interface Item {
  body: Uint8Array;
  id: string | null;
  name: string | null;
  /** Deliveries that were not settled. */
  failures: number;
  /** What a dead letter carries besides. */
  dead?: { queue: string; reason: string; parkedAt: string };
}

/** Takes items while it has free slots. */
export interface Taker {
  readonly free: number;
  take(item: Item): void;
}

/**
 * An ordered queue that gives its items to its takers in turn. Handing out happens in a later turn of the event loop,
 * so whoever publishes is never inside a handler when it returns.
 */
export class InProcessQueue {
  #items: Item[] = [];
  #takers: Taker[] = [];
  #scheduled = false;

  constructor(readonly maxLength = Number.POSITIVE_INFINITY) {}

  get length(): number {
    return this.#items.length;
  }

  push(item: Item): void {
    this.#items.push(item);
    if (this.#items.length > this.maxLength) this.#items.shift();
    this.schedule();
  }

  get takers(): number {
    return this.#takers.length;
  }

  /** Back to the head, where RabbitMQ's quorum queues put it too. */
  putBack(item: Item): void {
    this.#items.unshift({ ...item, failures: item.failures + 1 });
    this.schedule();
  }

  attach(taker: Taker): void {
    this.#takers.push(taker);
    this.schedule();
  }

  detach(taker: Taker): void {
    this.#takers = this.#takers.filter((one) => one !== taker);
  }

  /** A slot became free, or there is something new. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#handOut();
    });
  }

  #handOut(): void {
    let taken = 0;
    while (taken < this.#items.length) {
      const taker = this.#takers.find(({ free }) => free > 0);
      const item = this.#items[taken];
      if (!taker || !item) break;
      taken += 1;
      // To the end of the row, so that the next one has its turn.
      this.#takers = [...this.#takers.filter((one) => one !== taker), taker];
      taker.take(item);
    }
    this.#items.splice(0, taken);
  }
}
