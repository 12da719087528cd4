import type { LiveLog } from '@planwright/live';
import type { LogKeeper } from '../facts/log-keeper.js';
import type { Log } from '../ports.js';
import { ChannelFeed } from './channel-feed.js';

/** A feed somebody follows, until it is released. */
export interface OpenFeed {
  feed: ChannelFeed;
  release(): void;
}

/** The channels this replica watches: one feed each, from its first follower to its last. */
export class Feeds {
  private readonly open = new Map<string, { feed: ChannelFeed; opened: Promise<void>; followers: number }>();

  constructor(private readonly parts: { live: LiveLog; keeper: LogKeeper; log: Log; refillMs: number }) {}

  /** The feed, level with the stored facts. Rejects where it can't be brought there. */
  async follow(channel: string): Promise<OpenFeed> {
    let entry = this.open.get(channel);
    if (entry) {
      entry.followers += 1;
      const filled = entry.opened.then(() => this.parts.keeper.fill(channel));
      return this.settled(channel, entry, filled);
    }
    const feed = new ChannelFeed(channel, this.parts);
    entry = { feed, opened: feed.open(), followers: 1 };
    this.open.set(channel, entry);
    return this.settled(channel, entry, entry.opened);
  }

  /** Channels being watched. */
  get size(): number {
    return this.open.size;
  }

  private async settled(
    channel: string,
    entry: { feed: ChannelFeed; followers: number },
    ready: Promise<void>,
  ): Promise<OpenFeed> {
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      entry.followers -= 1;
      if (entry.followers > 0) return;
      if (this.open.get(channel)?.feed === entry.feed) this.open.delete(channel);
      entry.feed.close();
    };
    try {
      await ready;
    } catch (error) {
      release();
      throw error;
    }
    return { feed: entry.feed, release };
  }
}
