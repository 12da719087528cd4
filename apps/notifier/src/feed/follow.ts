import type { Batch, ChannelFeed } from './channel-feed.js';
import type { Pace } from './pace.js';

/** One connection's side of following a channel. A promise is what takes time; there is none for each of many deliveries. */
export interface Follower {
  /** Resolves when the connection takes more; null where it does. It is ended where it does not for too long. */
  room(): Promise<void> | null;
  /** The position was not of this log: what follows starts at its beginning. */
  reset(batch: Batch): void;
  /** Sends events that follow on the last ones as there is room; null where all are sent. `lagging`: it had to wait. */
  events(batch: Batch, lagging: boolean): Promise<void> | null;
  /** There is no such channel any more: what it tells of was deleted. */
  missing(): void;
}

/** Pause after a read that failed, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Sends a follower everything from its first batch on, until the signal aborts or the channel is gone. Nothing waits in
 * memory for a slow one: its position stays where it is, and what it missed is merged when it is read.
 */
export async function follow(
  feed: ChannelFeed,
  from: Batch,
  follower: Follower,
  { pace, signal }: { pace: Pace; signal: AbortSignal },
): Promise<void> {
  let batch = from;
  let sentAtMs = Number.NEGATIVE_INFINITY;
  let room: Promise<void> | null = null;
  let lagging = false;
  const restMs = () => pace.windowMs() - (performance.now() - sentAtMs);
  const send = (next: Batch) => {
    batch = next;
    const sending = follower.events(next, lagging);
    pace.sent();
    sentAtMs = performance.now();
    return sending;
  };
  const take = (next: Batch) => {
    if (restMs() >= 1) return false;
    room = follower.room() ?? send(next);
    return room === null;
  };
  while (!signal.aborted) {
    if (feed.gone) return follower.missing();
    if (batch.reset) follower.reset(batch);
    const sending = batch.events.length > 0 ? send(batch) : null;
    if (sending) await sending;
    const change = feed.changed(batch, signal, take);
    if (change) await change;
    const waitMs = restMs();
    if (waitMs >= 1) await pause(waitMs, signal);
    room ??= follower.room();
    if (room) await room;
    lagging = room !== null;
    room = null;
    const next = feed.shared(batch.next) ?? (await nextOf(feed, batch, signal));
    if (!next) return;
    batch = next;
  }
}

/** What follows a batch; asks again while the log can't be read. Null when aborted. */
async function nextOf(feed: ChannelFeed, { next }: Batch, signal: AbortSignal): Promise<Batch | null> {
  while (!signal.aborted) {
    try {
      return await feed.batch(next);
    } catch {
      await pause(RETRY_MS, signal);
    }
  }
  return null;
}

/** Resolves after the time, or at once when aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
