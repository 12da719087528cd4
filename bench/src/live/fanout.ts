import { setTimeout as sleep } from 'node:timers/promises';
import { startLivePlatform } from '@planwright/e2e/live-platform';
import type { LivePlatform } from '@planwright/e2e/live-platform';
import { median, quantile, rounded, show } from '../figures.js';
import { heldMemory, MEMORY_PROBE } from '../held-memory.js';
import { cpuSeconds, load } from '../process-usage.js';
import { bareDeliveryUs } from './bare-writes.js';
import { Crowd } from './crowd.js';
import { stamp } from './member.js';

const SUBSCRIBERS = Number(process.env['BENCH_SUBSCRIBERS'] ?? 1_000);
const EVENTS_PER_SECOND = Number(process.env['BENCH_EVENTS_PER_SECOND'] ?? 2);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 30);
/** Before the seconds that count: the code is compiled while it runs. */
const WARM_UP_SECONDS = 5;
/** Sections written side by side in the busy part, chunks a second of each. */
const SECTIONS = 7;
const CHUNKS_PER_SECOND = 25;
const BUSY_SECONDS = 10;
/** Until what connecting took is let go of. */
const SETTLE_MS = 3_000;

/**
 * One notifier with many subscribers of one run: how late an event comes, what a delivery costs the notifier, what a
 * subscribed connection costs while nothing happens, and how many frames a reader gets while seven sections stream.
 */
export async function fanout(): Promise<object> {
  const platform = await startLivePlatform({ preload: MEMORY_PROBE });
  try {
    const memory = await idleMemory(platform);
    const quiet = await events(platform);
    const busy = await sideBySide(platform);
    return { load: load(), ...memory, ...quiet, ...busy };
  } finally {
    await platform.stop();
  }
}

/** By the difference between some connections and three times as many: what a first one costs is left out. */
async function idleMemory({ notifiers: [notifier], ...platform }: LivePlatform): Promise<object> {
  if (!notifier) return {};
  const run = await platform.newRun();
  await run.stage(['a']);
  const some = new Crowd(Array<string>(SUBSCRIBERS).fill(run.channel), platform.urls);
  await some.join(5_000);
  await sleep(SETTLE_MS);
  const before = await heldMemory(notifier);
  const more = new Crowd(Array<string>(2 * SUBSCRIBERS).fill(run.channel), platform.urls);
  await more.join(10_000);
  await sleep(SETTLE_MS);
  const after = await heldMemory(notifier);
  await some.disband();
  await more.disband();
  const each = (key: keyof typeof after) => rounded((after[key] - before[key]) / (2 * SUBSCRIBERS));
  const figures = { idle_connection_kib: each('residentKib'), idle_connection_held_kib: each('heldKib') };
  show(`idle: ${figures.idle_connection_kib} KiB of the notifier for each subscribed connection`);
  show(`  ${figures.idle_connection_held_kib} KiB of them in objects and buffers`);
  return figures;
}

async function events(platform: LivePlatform): Promise<object> {
  const { pid } = platform.notifiers[0] ?? { pid: 0 };
  const run = await platform.newRun();
  await run.start('a');
  const crowd = new Crowd(Array<string>(SUBSCRIBERS).fill(run.channel), platform.urls);
  await crowd.join(3_000);
  const write = async (seconds: number) => {
    for (let i = 0; i < seconds * EVENTS_PER_SECOND; i++) {
      await run.write('a', `${stamp()} ${'A sentence of a plan. '.repeat(5)}`);
      await sleep(1_000 / EVENTS_PER_SECOND);
    }
  };
  await write(WARM_UP_SECONDS);
  await crowd.count();
  const idleFrom = await cpuSeconds(pid);
  await sleep(5_000);
  const idle = ((await cpuSeconds(pid)) - idleFrom) / 5;
  const from = await cpuSeconds(pid);
  const begin = performance.now();
  await write(SECONDS);
  const tookSeconds = (performance.now() - begin) / 1_000;
  const used = (await cpuSeconds(pid)) - from;
  const { delays } = await crowd.count();
  await crowd.disband();
  const bareUs = await bareDeliveryUs(SUBSCRIBERS, EVENTS_PER_SECOND);
  const figures = {
    deliveries: delays.length,
    delivered_share: rounded(delays.length / (SECONDS * EVENTS_PER_SECOND * SUBSCRIBERS), 4),
    p50_ms: rounded(median(delays)),
    p99_ms: rounded(quantile(delays, 0.99)),
    worst_ms: rounded(quantile(delays, 1)),
    cpu_us_per_delivery: rounded((used * 1e6) / delays.length),
    // The same without what the process uses beside: heartbeats, polls of the log, the broker's connection.
    cpu_us_per_delivery_net: rounded(((used - idle * tookSeconds) * 1e6) / delays.length),
    bare_delivery_us: rounded(bareUs),
  };
  show(`${SUBSCRIBERS} subscribers, ${EVENTS_PER_SECOND} events/s: p50 ${figures.p50_ms} ms, p99 ${figures.p99_ms} ms`);
  show(
    `  ${figures.cpu_us_per_delivery} µs CPU per delivery; a bare one takes ${figures.bare_delivery_us} (load ${load()})`,
  );
  return figures;
}

/** The merge window: seven sections at once, for one reader and for all of them. */
async function sideBySide(platform: LivePlatform): Promise<object> {
  const found: Record<string, number> = {};
  for (const [name, readers] of [
    ['alone', 1],
    ['crowd', SUBSCRIBERS],
  ] as const) {
    const { pid } = platform.notifiers[0] ?? { pid: 0 };
    const run = await platform.newRun();
    const sections = Array.from({ length: SECTIONS }, (_, i) => `s${i}`);
    for (const section of sections) await run.start(section);
    const crowd = new Crowd(Array<string>(readers).fill(run.channel), platform.urls);
    await crowd.join(readers);
    await crowd.count();
    const from = await cpuSeconds(pid);
    const end = performance.now() + BUSY_SECONDS * 1_000;
    await Promise.all(
      sections.map(async (section) => {
        await sleep(Math.random() * (1_000 / CHUNKS_PER_SECOND));
        while (performance.now() < end) {
          await run.write(section, `${stamp()} some words `);
          await sleep(1_000 / CHUNKS_PER_SECOND);
        }
      }),
    );
    await sleep(200);
    const { frames, events: told, delays } = await crowd.count();
    const share = ((await cpuSeconds(pid)) - from) / BUSY_SECONDS;
    await crowd.disband();
    found[`${name}_events_per_reader_s`] = rounded(told / readers / BUSY_SECONDS);
    found[`${name}_frames_per_reader_s`] = rounded(frames / readers / BUSY_SECONDS);
    found[`${name}_p50_ms`] = rounded(median(delays));
    found[`${name}_p99_ms`] = rounded(quantile(delays, 0.99));
    found[`${name}_core_percent`] = rounded(share * 100);
  }
  show(`seven sections side by side: ${JSON.stringify(found)}`);
  return { side_by_side: found };
}
