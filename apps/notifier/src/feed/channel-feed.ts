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

/** Events read at once, and events kept in memory for followers that are nearly up to date. */
const PAGE = 500;
const KEPT = 1_000;

/**
 * One watched channel of this replica: reads the log once for all of its followers. A follower further behind than the
 * events kept here reads the log itself.
 */
export class ChannelFeed {
  private epoch = '';
  private seq = 0;
  /** The newest events, up to `seq`. */
  private kept: LiveEvent[] = [];
  private readonly waiting = new Set<() => void>();
  private pulling: Promise<void> | null = null;
  private pullAgain: Promise<void> | null = null;
  private endWatch: (() => void) | undefined;
  private refill: NodeJS.Timeout | undefined;
  private last: Batch | undefined;
  private lastAfter = -1;

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

  /** True when the newest event is the end of a run: nothing follows it. */
  get ended(): boolean {
    return RUN_END_TYPES.some((type) => type === this.kept.at(-1)?.type);
  }

  /** What follows a position, at most `limit` events. Empty when there is nothing new. */
  async batch(position: Position, limit = PAGE): Promise<Batch> {
    const here = () => (position.epoch === undefined || position.epoch === this.epoch) && position.after <= this.seq;
    // The position may be newer than what this replica has read.
    if (!here()) await this.pull();
    if (
      limit === PAGE &&
      position.after === this.lastAfter &&
      position.epoch === this.last?.epoch &&
      this.last?.seq === this.seq
    ) {
      return this.last;
    }
    const first = this.kept[0]?.seq ?? this.seq + 1;
    if (here() && position.after >= first - 1) {
      const events = this.kept.slice(position.after - first + 1, position.after - first + 1 + limit);
      return this.remember(position.after, limit, { reset: false, events, epoch: this.epoch, seq: this.seq });
    }
    const { after, epoch } = position;
    const page = await this.parts.live.read(this.channel, { after, limit, ...(epoch === undefined ? {} : { epoch }) });
    const next = { epoch: page.epoch, after: page.events.at(-1)?.seq ?? (page.reset ? page.firstSeq - 1 : after) };
    return { epoch: page.epoch, seq: page.seq, reset: page.reset, events: page.events, next };
  }

  /** Resolves when there may be something after the batch, or the signal aborts. */
  async changed(batch: Batch, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.epoch !== batch.epoch || this.seq !== batch.next.after) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private remember(after: number, limit: number, found: Omit<Batch, 'next'>): Batch {
    const batch = { ...found, next: { epoch: found.epoch, after: found.events.at(-1)?.seq ?? after } };
    if (limit === PAGE) {
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
    if (fill) await this.parts.keeper.fill(this.channel);
    for (;;) {
      const { live } = this.parts;
      const known = this.epoch === '' ? {} : { epoch: this.epoch };
      const page = await live.read(this.channel, { after: this.seq, limit: PAGE, ...known });
      if (page.reset) {
        // The log was lost: the new one may hold nothing but what was appended since.
        await this.parts.keeper.fill(this.channel);
        this.restart(page.epoch, page.firstSeq - 1);
        continue;
      }
      if (this.epoch === '') this.restart(page.epoch, page.firstSeq - 1);
      if (page.events.length === 0) break;
      this.seq = page.events.at(-1)?.seq ?? this.seq;
      this.kept.push(...page.events);
      if (this.kept.length > KEPT) this.kept.splice(0, this.kept.length - KEPT);
      this.tell();
      if (this.seq >= page.seq) break;
    }
    if (this.ended) this.unwatch();
  }

  private restart(epoch: string, seq: number): void {
    this.epoch = epoch;
    this.seq = seq;
    this.kept = [];
    this.tell();
  }

  private tell(): void {
    for (const done of [...this.waiting]) done();
  }
}
