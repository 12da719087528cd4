import { joined, journey, writeByChance } from '@planwright/e2e/journey';
import { startLivePlatform } from '@planwright/e2e/live-platform';
import { seededRandom } from '@planwright/e2e/random';
import { isDeepStrictEqual } from 'node:util';
import { rounded, show } from '../figures.js';
import { load } from '../process-usage.js';

const CUTS = Number(process.env['BENCH_CUTS'] ?? 10_000);
const SEED = process.env['BENCH_SEED'] ?? 'cuts';
/** Cuts of one run before another one is written. */
const CUTS_PER_RUN = 200;

/** Readers that change connection, transport and replica after any event: their lists of events are all the same. */
export async function cuts(): Promise<object> {
  const platform = await startLivePlatform({ notifiers: 2, env: { NOTIFIER_CONNECTS_PER_SECOND: '100000' } });
  try {
    const random = seededRandom(SEED);
    const begin = performance.now();
    const figures = { cuts: 0, journeys: 0, differing: 0, events: 0 };
    while (figures.cuts < CUTS) {
      const run = await platform.newRun();
      await writeByChance(run, random);
      const { events } = await platform.live.read(run.channel, { after: 0, limit: 10_000 });
      const due = joined(events as Parameters<typeof joined>[0]);
      for (let ofRun = 0; ofRun < CUTS_PER_RUN && figures.cuts < CUTS;) {
        const found = await journey(run, { urls: platform.urls, random, stretch: 12 });
        if (!isDeepStrictEqual(joined(found.events), due)) figures.differing += 1;
        ofRun += found.cuts;
        figures.cuts += found.cuts;
        figures.journeys += 1;
        figures.events += found.events.length;
      }
    }
    const seconds = rounded((performance.now() - begin) / 1_000);
    show(`${figures.cuts} cuts in ${figures.journeys} readings, ${seconds} s: ${figures.differing} lists differ`);
    return { load: load(), seed: SEED, seconds, ...figures };
  } finally {
    await platform.stop();
  }
}
