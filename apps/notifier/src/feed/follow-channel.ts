import type { FactStore } from '../ports.js';
import type { Batch, ChannelFeed, Position } from './channel-feed.js';
import type { Feeds, OpenFeed } from './feeds.js';

export interface Followed extends OpenFeed {
  feed: ChannelFeed;
  /** What follows the position asked for, or the log from its beginning (`reset`). */
  first: Batch;
}

/** Opens channels for those who may follow them. */
export class FollowChannel {
  constructor(
    private readonly store: Pick<FactStore, 'channelOwner'>,
    private readonly feeds: Feeds,
  ) {}

  /**
   * Null for a channel that is not there or not this workspace's: the answer is the same. Rejects where the database or
   * the log does not answer.
   */
  async execute(workspaceId: string, channel: string, position: Position, limit?: number): Promise<Followed | null> {
    if ((await this.store.channelOwner(channel)) !== workspaceId) return null;
    const { feed, release } = await this.feeds.follow(channel);
    try {
      return { feed, release, first: await feed.batch(position, limit) };
    } catch (error) {
      release();
      throw error;
    }
  }
}
