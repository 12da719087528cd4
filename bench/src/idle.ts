import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDistributed } from '@planwright/e2e/distributed';
import { rounded, show } from './figures.js';
import { databaseCounts } from './statements.js';

const LASTS_MS = Number(process.env['BENCH_IDLE_MS'] ?? 60_000);
const SETTLE_MS = 15_000;
/** Linux counts a process's time in these. */
const TICKS_PER_SECOND = 100;

/** What four processes cost that have nothing to do: statements to the database, and processor time. */
export async function idle(): Promise<object> {
  const platform = await startDistributed();
  try {
    await sleep(SETTLE_MS);
    const before = await databaseCounts(platform.databaseUrl);
    const ticks = await Promise.all(platform.processes.map(({ pid }) => ticksOf(pid)));
    await sleep(LASTS_MS);
    const after = await databaseCounts(platform.databaseUrl);
    const seconds = LASTS_MS / 1000;
    const share = await Promise.all(
      platform.processes.map(async ({ name, pid }, i) => {
        const used = ((await ticksOf(pid)) - (ticks[i] ?? 0)) / TICKS_PER_SECOND;
        return [name, rounded((used / seconds) * 100, 2)] as const;
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

/** User and system time of a process (proc(5), fields 14 and 15 of `stat`). */
async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
