import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';

/** Linux counts a process's time in these. */
const TICKS_PER_SECOND = 100;

/** User and system time of a process so far, in seconds (proc(5), fields 14 and 15 of `stat`; steps of 10 ms). */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Average number of processes that wanted to run during the last minute: figures of a busy machine say so. */
export const load = (): number => Number((loadavg()[0] ?? 0).toFixed(2));
