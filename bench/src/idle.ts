import { setTimeout as sleep } from 'node:timers/promises';
import { startDistributed } from '@planwright/e2e/distributed';
import { rounded, show } from './figures.js';
import { cpuSeconds } from './process-usage.js';
import { databaseCounts } from './statements.js';

const LASTS_MS = Number(process.env['BENCH_IDLE_MS'] ?? 60_000);
const SETTLE_MS = 15_000;

/** What four processes cost that have nothing to do: statements to the database, and processor time. */
export async function idle(): Promise<object> {
  const platform = await startDistributed();
  try {
    await sleep(SETTLE_MS);
    const before = await databaseCounts(platform.databaseUrl);
    const used = await Promise.all(platform.processes.map(({ pid }) => cpuSeconds(pid)));
    await sleep(LASTS_MS);
    const after = await databaseCounts(platform.databaseUrl);
    const seconds = LASTS_MS / 1000;
    const share = await Promise.all(
      platform.processes.map(async ({ name, pid }, i) => {
        const more = (await cpuSeconds(pid)) - (used[i] ?? 0);
        return [name, rounded((more / seconds) * 100, 2)] as const;
      }),
    );
    const queries = rounded((after.transactions - before.transactions) / seconds, 2);
    const total = rounded(
      share.reduce((sum, [, percent]) => sum + percent, 0),
      2,
    );
    show(`idle for ${seconds} s: ${queries} statements a second, ${total} % of one core`);
    for (const [name, percent] of share) show(`  ${name} ${percent} %`);
    return { seconds, statements_per_second: queries, core_percent: total, processes: Object.fromEntries(share) };
  } finally {
    await platform.stop();
  }
}
