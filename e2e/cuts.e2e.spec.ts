import { seededRandom } from './src/chaos/random.js';
import { joined, journey, writeByChance } from './src/live/journey.js';
import type { LivePlatform } from './src/live/live-platform.js';
import { startLivePlatform } from './src/live/live-platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

const long = process.env['TEST_LONG'] !== undefined;
const CUTS = long ? 10_000 : 200;
const CUTS_PER_RUN = CUTS / 10;

let platform: LivePlatform;
beforeAll(async () => {
  platform = await startLivePlatform({ notifiers: 2, env: { NOTIFIER_CONNECTS_PER_SECOND: '100000' } });
}, 60_000);
afterAll(() => platform.stop());

test(
  `after ${CUTS} cuts, with changes of transport and replica, readers have been told the same events`,
  async () => {
    const { live, urls } = platform;
    for (let cuts = 0, seed = 1; cuts < CUTS; seed += 1) {
      const random = seededRandom(`cuts-${seed}`);
      const run = await platform.newRun();
      await writeByChance(run, random);
      const { events } = await live.read(run.channel, { after: 0, limit: 10_000 });
      const due = joined(events as Parameters<typeof joined>[0]);
      for (let ofRun = 0; ofRun < CUTS_PER_RUN;) {
        const found = await journey(run, { urls, random, stretch: 12 });
        expect(joined(found.events)).toEqual(due);
        ofRun += found.cuts;
        cuts += found.cuts;
      }
    }
  },
  long ? 600_000 : 60_000,
);

leaveNothingRunning();
