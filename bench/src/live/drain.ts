import { setTimeout as sleep } from 'node:timers/promises';
import { startLivePlatform } from '@planwright/e2e/live-platform';
import { sha256 } from '@planwright/e2e/transcript';
import { quantile, rounded, show } from '../figures.js';
import { load } from '../process-usage.js';
import { Crowd } from './crowd.js';
import { stamp } from './member.js';

const CLIENTS = Number(process.env['BENCH_CLIENTS'] ?? 1_000);
const EVERY_MS = 200;

/** A notifier with many clients gets SIGTERM while a run is written: when they come back, and what they miss. */
export async function drain(): Promise<object> {
  const platform = await startLivePlatform({ notifiers: 2 });
  const [leaving = '', staying = ''] = platform.urls;
  try {
    const run = await platform.newRun();
    await run.start('a');
    const crowd = new Crowd(Array<string>(CLIENTS).fill(run.channel), [leaving]);
    await crowd.join(3_000);
    const still = new AbortController();
    const writing = (async () => {
      while (!still.signal.aborted) {
        await run.write('a', stamp());
        await sleep(EVERY_MS);
      }
    })();
    await sleep(1_000);
    await crowd.count();
    await crowd.tell({ do: 'move', urls: [staying] });
    const begunAt = Date.now();
    await platform.notifiers[0]?.stop();
    const drainedMs = Date.now() - begunAt;
    await crowd.untilLevel();
    await sleep(1_000);
    still.abort();
    await writing;
    await run.complete('a');
    await run.end();
    await crowd.untilEnded();
    const { returns, gaps, duplicates, resets, failed, refused, replayed, away } = await crowd.count();
    const due = sha256(run.texts.get('a') ?? '');
    const exact = (await crowd.texts()).filter((texts) => texts.get('a') === due).length;
    await crowd.disband();
    const seconds = Map.groupBy(returns, (at) => Math.floor((at - begunAt) / 1_000));
    const most = Math.max(...[...seconds.values()].map(({ length }) => length));
    const figures = {
      clients: CLIENTS,
      exit_after_ms: drainedMs,
      returned: returns.length,
      most_in_a_second_share: rounded(most / CLIENTS, 3),
      by_second: Object.fromEntries([...seconds].toSorted(([a], [b]) => a - b).map(([s, of]) => [s, of.length])),
      lost_clients: CLIENTS - exact,
      ...{ gaps, duplicates, resets, failed, refused },
      away_p99_ms: rounded(quantile(away, 0.99)),
      replayed_p99_ms: replayed.length > 0 ? rounded(quantile(replayed, 0.99)) : null,
    };
    show(`drain: ${JSON.stringify(figures)}`);
    return { load: load(), ...figures };
  } finally {
    await platform.stop();
  }
}
