import type { Batch, ChannelFeed } from './channel-feed.js';
import type { Pace } from './pace.js';

/** One connection's side of following a channel. */
export interface Follower {
  /** Resolves when the connection takes more. It is ended where it does not for too long. */
  room(): Promise<void>;
  /** The position was not of this log: what follows starts at its beginning. */
  reset(batch: Batch): void;
  /** Sends events that follow on the last ones, asking for `room` between pieces. */
  events(batch: Batch): Promise<void>;
}

/** Pause after a read that failed, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Sends a follower everything from its first batch on, until the signal aborts. Nothing waits in memory for a slow one:
 * its position stays where it is, and what it missed is merged when it is read.
 */
export async function follow(
  feed: ChannelFeed,
  from: Batch,
  follower: Follower,
  { pace, signal }: { pace: Pace; signal: AbortSignal },
): Promise<void> {
  let sentAtMs = Number.NEGATIVE_INFINITY;
  for (let batch: Batch | null = from; batch && !signal.aborted;) {
    if (batch.reset) follower.reset(batch);
    if (batch.events.length > 0) {
      await follower.events(batch);
      pace.sent();
      sentAtMs = performance.now();
    }
    await feed.changed(batch, signal);
    const restMs = pace.windowMs() - (performance.now() - sentAtMs);
    if (restMs >= 1) await pause(restMs, signal);
    await follower.room();
    batch = await nextOf(feed, batch, signal);
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
