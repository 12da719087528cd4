import { on, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { startLivePlatform } from '@planwright/e2e/live-platform';
import { median, quantile, rounded, show } from '../figures.js';
import { cpuSeconds, load } from '../process-usage.js';
import { Crowd } from './crowd.js';
import { stamp } from './member.js';
import type { StormTally } from './storm-call.js';

const CONNECTS = Number(process.env['BENCH_CONNECTS'] ?? 5_000);
const WITHIN_MS = 1_000;
/** Readers who are connected before, and told something this often. */
const STANDING = 200;
const EVERY_MS = 100;
/** Threads that call. */
const THREADS = 2;
/** All who were refused are in after this, or it is a failure. */
const ALL_IN_MS = 120_000;

/** Thousands connect within a second while others are connected: who is refused, who waits, and what the others notice. */
export async function storm(): Promise<object> {
  const platform = await startLivePlatform();
  const { notifiers, urls } = platform;
  try {
    const run = await platform.newRun();
    await run.start('a');
    const standing = new Crowd(Array<string>(STANDING).fill(run.channel), urls);
    await standing.join(1_000);
    const still = new AbortController();
    const writing = (async () => {
      while (!still.signal.aborted) {
        await run.write('a', stamp());
        await sleep(EVERY_MS);
      }
    })();
    await sleep(3_000);
    const before = await standing.count();
    const pid = notifiers[0]?.pid ?? 0;
    const serverFrom = await cpuSeconds(pid);
    const driverFrom = process.cpuUsage();
    const storm = startStorm(urls[0], run.channel);
    const answeredMs = await storm.answered;
    const serverUs = ((await cpuSeconds(pid)) - serverFrom) * 1e6;
    const { user, system } = process.cpuUsage(driverFrom);
    const first = await standing.count();
    const { tallies, allInMs } = await storm.allIn;
    const later = await standing.count();
    still.abort();
    await writing;
    const alive = notifiers[0]?.running === true;
    await storm.leave();
    await standing.disband();
    const asked = tallies.flatMap((tally) => tally.asked);
    const sum = (key: 'refused' | 'refusedWithRetryAfter' | 'failed') =>
      tallies.reduce((total, tally) => total + tally[key], 0);
    const figures = {
      connects: CONNECTS,
      asked_within_ms: Math.round(quantile(asked, 1)),
      answered_within_ms: Math.round(answeredMs),
      // Both have to fit into one second of a machine's cores, or its driver measures itself.
      server_cpu_us_per_connect: rounded(serverUs / CONNECTS),
      driver_cpu_us_per_connect: rounded((user + system) / CONNECTS),
      crashed: !alive,
      refused: sum('refused'),
      refused_with_retry_after: sum('refusedWithRetryAfter'),
      refused_after_p99_ms: rounded(
        quantile(
          tallies.flatMap(({ refusedAfter }) => refusedAfter),
          0.99,
        ),
      ),
      failed_otherwise: sum('failed'),
      all_connected_after_s: rounded(allInMs / 1_000),
      standing_before_p99_ms: rounded(quantile(before.delays, 0.99)),
      standing_during_p50_ms: rounded(median(first.delays)),
      standing_during_p99_ms: rounded(quantile(first.delays, 0.99)),
      standing_later_p99_ms: rounded(quantile(later.delays, 0.99)),
      standing_lost: first.returns.length + later.returns.length,
      standing_gaps: first.gaps + later.gaps,
      standing_duplicates: first.duplicates + later.duplicates,
    };
    show(`storm: ${JSON.stringify(figures)}`);
    return { load: load(), ...figures };
  } finally {
    await platform.stop();
  }
}

/** Everybody calls within the time, from threads beside the one that measures, and stays until told to leave. */
function startStorm(url: string, channel: string) {
  const workers = Array.from({ length: THREADS }, () => {
    const workerData = { url, channel, calls: Math.ceil(CONNECTS / THREADS), overMs: WITHIN_MS };
    return new Worker(new URL('./storm-worker.js', import.meta.url), { workerData });
  });
  const signal = AbortSignal.timeout(ALL_IN_MS);
  const told = workers.map((worker) => on(worker, 'message', { signal }));
  const next = async <T>(): Promise<T[]> => {
    const messages = await Promise.all(told.map((messages) => messages.next()));
    return messages.map(({ value }) => (value as [T])[0]);
  };
  const answered = Promise.all(workers.map((worker) => once(worker, 'online', { signal }))).then(async () => {
    for (const worker of workers) worker.postMessage('begin');
    return Math.max(...(await next<{ answeredMs: number }>()).map(({ answeredMs }) => answeredMs));
  });
  const allIn = answered.then(async () => {
    const found = await next<{ allInMs: number; tally: StormTally }>();
    return { tallies: found.map(({ tally }) => tally), allInMs: Math.max(...found.map(({ allInMs }) => allInMs)) };
  });
  // Where nobody was answered, that is what is told.
  allIn.catch(() => undefined);
  for (const worker of workers) worker.unref();
  return { answered, allIn, leave: () => Promise.all(workers.map((worker) => worker.terminate())) };
}
