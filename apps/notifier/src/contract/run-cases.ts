import type { LiveLog } from '@planwright/live';
import type { CaseParts } from './cases.js';
import { LIVE_CASES } from './cases.js';
import type { ChannelParts } from './channel-cases.js';
import { CHANNEL_CASES, CHANNEL_KINDS, ScriptedChannel } from './channel-cases.js';
import type { Client } from './clients.js';
import { TRANSPORTS } from './clients.js';
import type { Replica } from './world.js';
import { World } from './world.js';

const OTHER_WORKSPACE = '0199f3a2-0000-7000-8000-00000000000f';

/** Runs the lists on every transport, with two replicas over one live log. */
export function runLiveCases(createLive: () => LiveLog): void {
  let world: World;
  let replicas: [Replica, Replica];
  const clients: Client[] = [];

  beforeAll(async () => {
    world = new World(createLive());
    const settings = { refillMs: 100 };
    replicas = [await world.replica({ settings }), await world.replica({ settings })];
  });
  afterEach(async () => {
    world.down = false;
    world.tells = true;
    await Promise.all(clients.splice(0).map((client) => client.close().catch(() => undefined)));
  });
  afterAll(() => world.close());

  describe.each(TRANSPORTS)('over $name', (transport) => {
    it.each(LIVE_CASES)('$name', async ({ check }) => {
      const run = world.newRun();
      const follow: CaseParts['follow'] = async (from, options = {}) => {
        const { replica = replicas[0], channel = run.channel, view } = options;
        const client = await transport.follow(replica.url, channel, from, view);
        clients.push(client);
        return client;
      };
      await check({ world, run, replicas, follow, merges: transport.merges });
    });

    describe.each(CHANNEL_KINDS)('following $kind', (kind) => {
      it.each(CHANNEL_CASES)('$name', async ({ check }) => {
        const channel = new ScriptedChannel(world, kind);
        const foreign = new ScriptedChannel(world, kind, OTHER_WORKSPACE);
        const follow: ChannelParts['follow'] = async (from, options = {}) => {
          const client = await transport.follow(
            (options.replica ?? replicas[0]).url,
            options.channel ?? channel.name,
            from,
          );
          clients.push(client);
          return client;
        };
        await check({ world, channel, foreign, replicas, follow });
      });
    });
  });
}
