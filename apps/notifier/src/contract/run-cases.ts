import type { LiveLog } from '@planwright/live';
import type { CaseParts } from './cases.js';
import { LIVE_CASES } from './cases.js';
import type { Client } from './clients.js';
import { TRANSPORTS } from './clients.js';
import type { Replica } from './world.js';
import { World } from './world.js';

/** Runs the list on every transport, with two replicas over one live log. */
export function runLiveCases(createLive: () => LiveLog): void {
  let world: World;
  let replicas: [Replica, Replica];

  beforeAll(async () => {
    world = new World(createLive());
    const settings = { refillMs: 100 };
    replicas = [await world.replica({ settings }), await world.replica({ settings })];
  });
  afterAll(() => world.close());

  describe.each(TRANSPORTS)('over $name', (transport) => {
    it.each(LIVE_CASES)('$name', async ({ check }) => {
      const run = world.newRun();
      const clients: Client[] = [];
      const follow: CaseParts['follow'] = async (from, { replica = replicas[0], runId = run.id, view } = {}) => {
        const client = await transport.follow(replica.url, runId, from, view);
        clients.push(client);
        return client;
      };
      try {
        await check({ world, run, replicas, follow });
      } finally {
        world.down = false;
        world.tells = true;
        await Promise.all(clients.map((client) => client.close().catch(() => undefined)));
      }
    });
  });
}
