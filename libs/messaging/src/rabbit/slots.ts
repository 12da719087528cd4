import { newId } from '@planwright/runtime';
import type { Channel, ConsumeMessage } from 'amqplib';

/** One poison message in a hundred at 200 messages a second, each pausing for half a minute in all. */
const MAX_SPARE = 100;
/** A spare slot that was not needed for so long is closed. */
const KEEP_SPARE_MS = 5_000;

/**
 * The slots of one attachment: at most `prefetch` messages in work, and as many while others pause.
 *
 * A message that waits for its redelivery is unacknowledged and so occupies one of its consumer's prefetch slots. With
 * two such messages at prefetch 2 the good ones behind them would stand still for as long as the pauses last. For each
 * message that pauses, one slot is therefore lent: a further consumer of prefetch 1 on the same channel. Up to a limit,
 * since what fails on such a scale is not the message; it is well above the prefetch, or a steady share of one poison
 * message in a hundred, each pausing again and again, would in time hold all there are.
 *
 * Spare slots outlive the pause they were opened for, as the next one is seldom far and every change costs the server
 * a round of its log. Whatever they bring beyond `prefetch` waits here for its turn. One that was not needed for a while
 * is closed when its next message arrives, before that message is settled: until then the server sends it no other.
 * Closed when idle it could just be given one, which the server then takes back and counts as a failed delivery (seen
 * on 3.10.8).
 */
export class Slots {
  readonly #spare = new Set<string>();
  readonly #waiting: ((entered: boolean) => void)[] = [];
  #inWork = 0;
  #pausing = 0;
  #neededAt = 0;
  #change: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    readonly channel: Channel,
    readonly queue: string,
    readonly prefetch: number,
    readonly onDelivery: (message: ConsumeMessage) => void,
    hurry: AbortSignal,
  ) {
    hurry.addEventListener('abort', () => {
      this.#stopped = true;
      for (const turn of this.#waiting.splice(0)) turn(false);
    });
  }

  /** Waits for a slot; false when the attachment ends first. */
  async enter(): Promise<boolean> {
    if (this.#stopped) return false;
    if (this.#inWork >= this.prefetch) return new Promise((turn) => this.#waiting.push(turn));
    this.#inWork += 1;
    return true;
  }

  /** The message is settled, or pauses. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next(true);
    else this.#inWork -= 1;
  }

  /** A message begins to pause, having left. */
  lend(): void {
    this.#pausing += 1;
    if (this.#wanted() >= this.#spare.size) this.#neededAt = Date.now();
    this.#inTurn(async () => {
      while (!this.#stopped && this.#spare.size < this.#wanted()) await this.#open();
    });
  }

  giveBack(): void {
    this.#pausing -= 1;
  }

  /** Closes the spare slots; resolves when the server sends nothing more to them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#inTurn(async () => {
      for (const tag of this.#spare) await this.#close(tag);
    });
    await this.#change;
  }

  #wanted(): number {
    return Math.min(this.#pausing, MAX_SPARE);
  }

  async #open(): Promise<void> {
    // Our own tag, as the first message can be here before the answer to `consume` is.
    const consumerTag = newId();
    const take = (message: ConsumeMessage | null): void => {
      // Without a message the server has cancelled it; the main consumer hears of that too.
      if (!message) this.#spare.delete(consumerTag);
      else if (this.#isSpareTime())
        this.#inTurn(() => this.#close(consumerTag).finally(() => this.onDelivery(message)));
      else this.onDelivery(message);
    };
    this.#spare.add(consumerTag);
    await this.channel.prefetch(1);
    await this.channel.consume(this.queue, take, { consumerTag });
  }

  #isSpareTime(): boolean {
    return !this.#stopped && this.#spare.size > this.#wanted() && Date.now() - this.#neededAt > KEEP_SPARE_MS;
  }

  async #close(tag: string): Promise<void> {
    if (this.#spare.delete(tag)) await this.channel.cancel(tag);
  }

  #inTurn(change: () => Promise<void>): void {
    // When it fails the channel is gone, and its consumers with it.
    this.#change = this.#change.then(change).catch(() => undefined);
  }
}
