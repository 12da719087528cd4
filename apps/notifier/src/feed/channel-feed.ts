import type { LiveEvent } from '@planwright/contracts';
import { RUN_END_TYPES } from '@planwright/contracts';
import type { LiveLog } from '@planwright/live';
import type { LogKeeper } from '../facts/log-keeper.js';
import type { Log } from '../ports.js';

/** Where a follower is: after number `after` of the log `epoch`; without an epoch, wherever the log begins. */
export interface Position {
  epoch?: string | undefined;
  after: number;
}

/** What follows a position, shared by all followers that are there: what is derived from it is made once. */
export interface Batch {
  readonly epoch: string;
  /** Newest number of the log. */
  readonly seq: number;
  /** The position was not of this log: the events start at its beginning. */
  readonly reset: boolean;
  readonly events: readonly LiveEvent[];
  /** Where a follower is after these events. */
  readonly next: Position & { epoch: string };
}

/** Takes what comes while it waits, and goes on waiting; false where that takes time: it is woken instead. */
export type Take = (batch: Batch) => boolean;

interface Waiting {
  wake: () => void;
  take: Take | undefined;
}

/** Events read at once; so many bytes of them for a follower, as it may be slow to take them. */
const PAGE = 500;
const PAGE_BYTES = 256 * 1024;
/** Kept in memory for followers that are nearly up to date: so many events, and of their text so many UTF-16 units. */
const KEPT = 1_000;
const KEPT_UNITS = 256 * 1024;

/**
 * One watched channel of this replica: reads the log once for all of its followers. A follower further behind than the
 * events kept here reads the log itself.
 */
export class ChannelFeed {
  private epoch = '';
  private seq = 0;
  /** The newest events, up to `seq`. */
  private kept: LiveEvent[] = [];
  private keptUnits = 0;
  /** Who has everything up to `seq` and waits for a change, by the signal that ends its waiting. */
  private readonly waiting = new Map<AbortSignal, Waiting>();
  /** Signals with a listener: one for all the times a follower waits. */
  private readonly heeded = new WeakSet<AbortSignal>();
  private pulling: Promise<void> | null = null;
  private pullAgain: Promise<void> | null = null;
  private endWatch: (() => void) | undefined;
  private refill: NodeJS.Timeout | undefined;
  private last: Batch | undefined;
  private lastAfter = -1;
  private isGone = false;

  constructor(
    readonly channel: string,
    private readonly parts: { live: LiveLog; keeper: LogKeeper; log: Log; refillMs: number },
  ) {}

  /** Fills the log and reads its newest part. Rejects where log or database do not answer. */
  async open(): Promise<void> {
    this.endWatch = await this.parts.live.watch(this.channel, () => this.onChange(false));
    this.refill = setInterval(() => this.onChange(true), this.parts.refillMs);
    await this.pull(true);
  }

  close(): void {
    this.unwatch();
    this.tell();
  }

  /** True when what it tells of was deleted: nothing follows, and nobody may follow it any more. */
  get gone(): boolean {
    return this.isGone;
  }

  /** True when the newest event is the end of a run: nothing follows it. */
  get ended(): boolean {
    return RUN_END_TYPES.some((type) => type === this.kept.at(-1)?.type);
  }

  /** What follows a position: exactly `limit` events if there are as many, by default a page. Empty when there is nothing new. */
  async batch(position: Position, limit?: number): Promise<Batch> {
    const here = () => (position.epoch === undefined || position.epoch === this.epoch) && position.after <= this.seq;
    // The position may be newer than what this replica has read.
    if (!here()) await this.pull();
    const shared = limit === undefined ? this.shared(position) : null;
    if (shared) return shared;
    const first = this.kept[0]?.seq ?? this.seq + 1;
    if (here() && position.after >= first - 1) {
      const from = position.after - first + 1;
      const events = this.kept.slice(from, from + (limit ?? PAGE));
      return this.remember(position.after, limit, { reset: false, events, epoch: this.epoch, seq: this.seq });
    }
    const { after, epoch } = position;
    const most = limit === undefined ? { limit: PAGE, bytes: PAGE_BYTES } : { limit };
    const page = await this.parts.live.read(this.channel, { after, ...most, ...(epoch !== undefined && { epoch }) });
    const next = { epoch: page.epoch, after: page.events.at(-1)?.seq ?? (page.reset ? page.firstSeq - 1 : after) };
    return { epoch: page.epoch, seq: page.seq, reset: page.reset, events: page.events, next };
  }

  /** What follows a position, where somebody else who is there was told of it: no promise is made for each of many. */
  shared({ epoch, after }: Position): Batch | null {
    const { last } = this;
    const still = last?.epoch === this.epoch && last.seq === this.seq;
    return still && after === this.lastAfter && epoch === last.epoch ? last : null;
  }

  /**
   * Resolves when there may be something after the batch, or the signal aborts; null where that is so already. One wait
   * at a time for each signal. With `take`, what comes is offered first, and who takes it waits on behind it.
   *
   * Followers that take are served in one tight loop. Besides the promise for each of them that saves the kernel work:
   * with a pause between two writes, the reader of the one before has gone to sleep and has to be woken for the next.
   */
  changed(batch: Batch, signal: AbortSignal, take?: Take): Promise<void> | null {
    if (signal.aborted || this.isGone || this.epoch !== batch.epoch || this.seq !== batch.next.after) return null;
    if (!this.heeded.has(signal)) {
      this.heeded.add(signal);
      signal.addEventListener('abort', () => this.wake(signal), { once: true });
    }
    return new Promise<void>((wake) => this.waiting.set(signal, { wake, take }));
  }

  private remember(after: number, limit: number | undefined, found: Omit<Batch, 'next'>): Batch {
    const batch = { ...found, next: { epoch: found.epoch, after: found.events.at(-1)?.seq ?? after } };
    if (limit === undefined) {
      this.last = batch;
      this.lastAfter = after;
    }
    return batch;
  }

  private unwatch(): void {
    clearInterval(this.refill);
    this.endWatch?.();
    this.endWatch = undefined;
  }

  private onChange(fill: boolean): void {
    this.pull(fill).catch((error: unknown) => {
      // Followers keep what they have; the next wake-up or refill tries again.
      this.parts.log.debug({ err: error, channel: this.channel }, 'live log not readable');
    });
  }

  /** Reads what is new. Calls during a read share one read after it. */
  private pull(fill = false): Promise<void> {
    if (!this.pulling) {
      this.pulling = this.read(fill).finally(() => (this.pulling = null));
      return this.pulling;
    }
    this.pullAgain ??= this.pulling
      .catch(() => undefined)
      .then(() => {
        this.pullAgain = null;
        return this.pull(fill);
      });
    return this.pullAgain;
  }

  private async read(fill: boolean): Promise<void> {
    const { live, keeper } = this.parts;
    if (fill) await keeper.fill(this.channel);
    if (this.epoch === '') await this.restart();
    for (;;) {
      const page = await live.read(this.channel, { epoch: this.epoch, after: this.seq, limit: PAGE });
      if (page.reset) {
        if (!(await keeper.isThere(this.channel))) return this.end();
        // The log was lost: the new one may hold nothing but what was appended since.
        await keeper.fill(this.channel);
        await this.restart();
        continue;
      }
      if (page.events.length === 0) break;
      const before = this.seq;
      this.seq = page.events.at(-1)?.seq ?? this.seq;
      this.keep(page.events);
      this.offer(before, page.events);
      if (this.seq >= page.seq) break;
    }
    if (this.ended) this.unwatch();
  }

  private keep(events: readonly LiveEvent[]): void {
    for (const event of events) this.keptUnits += unitsOf(event);
    this.kept.push(...events);
    let surplus = 0;
    // The newest always stays: it says whether the run has ended.
    while (surplus < this.kept.length - 1) {
      const oldest = this.kept[surplus];
      if (!oldest || (this.kept.length - surplus <= KEPT && this.keptUnits <= KEPT_UNITS)) break;
      this.keptUnits -= unitsOf(oldest);
      surplus += 1;
    }
    if (surplus > 0) this.kept.splice(0, surplus);
  }

  /** Begins with the newest part of the log there is, all that is kept here anyway. */
  private async restart(): Promise<void> {
    const { epoch, seq } = await this.parts.live.appendFacts(this.channel, []);
    this.epoch = epoch;
    this.seq = Math.max(0, seq - KEPT);
    this.kept = [];
    this.keptUnits = 0;
    this.last = undefined;
    this.lastAfter = -1;
    this.tell();
  }

  private end(): void {
    this.isGone = true;
    this.unwatch();
    this.tell();
  }

  private wake(signal: AbortSignal): void {
    this.waiting.get(signal)?.wake();
    this.waiting.delete(signal);
  }

  private tell(): void {
    const woken = [...this.waiting.values()];
    this.waiting.clear();
    for (const { wake } of woken) wake();
  }

  /** Hands what follows number `after` to those who wait there, and wakes who does not take it. */
  private offer(after: number, events: readonly LiveEvent[]): void {
    // More than is kept comes in pages that a slow follower can take.
    if (this.kept.length < events.length) return this.tell();
    const batch = this.remember(after, undefined, { reset: false, events, epoch: this.epoch, seq: this.seq });
    for (const [signal, { wake, take }] of this.waiting) {
      if (take?.(batch)) continue;
      this.waiting.delete(signal);
      wake();
    }
  }
}

const unitsOf = (event: LiveEvent): number => ('content' in event ? event.content.length : 0);
