import { createInProcessLive } from '@planwright/live';
import type { LiveLog } from '@planwright/live';
import { CHANNEL_KINDS, ScriptedChannel } from '../contract/channel-cases.js';
import type { ChannelKind } from '../contract/channel-cases.js';
import { World } from '../contract/world.js';
import { LogKeeper } from '../facts/log-keeper.js';
import { ChannelFeed } from './channel-feed.js';

const quiet = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const NEVER_MS = 1_000_000;

describe('the feed of a channel', () => {
  let world: World;
  let channel: ScriptedChannel;
  let feed: ChannelFeed;
  /** Events read from the log. */
  let read: number;

  beforeEach(() => {
    const live = createInProcessLive();
    world = new World(live);
    channel = new ScriptedChannel(world, CHANNEL_KINDS[0] as ChannelKind);
    read = 0;
    const counted: LiveLog = Object.assign(Object.create(live) as LiveLog, {
      read: async (...of: Parameters<LiveLog['read']>) => {
        const page = await live.read(...of);
        read += page.events.length;
        return page;
      },
    });
    const parts = { live: counted, keeper: new LogKeeper(live, world), log: quiet, refillMs: NEVER_MS };
    feed = new ChannelFeed(channel.name, parts);
  });
  afterEach(async () => {
    feed.close();
    await world.close();
  });

  it('tells who is at its end that the log is another one, also where that is as long', async () => {
    await channel.tell(4);
    await feed.open();
    const { epoch } = await feed.batch({ after: 0 });
    const atEnd = { epoch, after: 4 };
    const nothing = await feed.batch(atEnd);
    expect(nothing).toMatchObject({ reset: false, events: [] });
    const changed = feed.changed(nothing, new AbortController().signal);
    await world.live.expire(channel.name, 0);
    await changed;
    const batch = await feed.batch(atEnd);
    expect(batch).toMatchObject({ reset: true, seq: 4, events: [{ seq: 1 }, { seq: 2 }, { seq: 3 }, { seq: 4 }] });
    expect(batch.epoch).not.toBe(epoch);
    expect(await feed.batch(batch.next)).toMatchObject({ epoch: batch.epoch, reset: false, events: [] });
  });

  it('opens with the newest events of a long log, and reads what is older for those alone who need it', async () => {
    await channel.tell(3_000);
    await feed.open();
    expect(read).toBeLessThanOrEqual(1_000);
    const { epoch } = await feed.batch({ after: 2_999 });
    read = 0;
    expect(await feed.batch({ epoch, after: 2_990 })).toMatchObject({ reset: false, seq: 3_000 });
    expect(read).toBe(0);
    const told = [];
    for (let next = { epoch, after: 0 }; next.after < 3_000;) {
      const batch = await feed.batch(next);
      expect(batch.reset).toBe(false);
      told.push(...batch.events);
      next = batch.next;
    }
    expect(told.map(({ seq }) => seq)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
  });

  it('ends when what it tells of is deleted, and not while nobody can say', async () => {
    await channel.tell(3);
    await feed.open();
    const batch = await feed.batch({ after: 0 });
    const { signal } = new AbortController();
    world.down = true;
    await world.delete(channel.name);
    await expect(feed.batch({ epoch: 'of-another-life', after: 3 })).rejects.toThrow('connection refused');
    expect(feed.gone).toBe(false);
    world.down = false;
    const ended = feed.changed(batch, signal);
    await feed.batch({ epoch: 'of-another-life', after: 3 });
    await ended;
    expect(feed.gone).toBe(true);
    await feed.changed(batch, signal);
  });
});
