import { createRedisLimiter } from '@planwright/limits';
import { createLogger } from '@planwright/runtime';
import type { Command } from '../arguments.js';
import { configSchema } from '../config.js';
import type { Terminal } from '../terminal.js';
import { limitsReport } from './limits-report.js';

/** Prints what the generators know of the providers' limits, and who waits for them. */
export async function limitsCommand(
  { json }: Extract<Command, { name: 'limits' }>,
  terminal: Terminal,
): Promise<number> {
  const config = terminal.read(configSchema.pick({ REDIS_URL: true, PLANWRIGHT_PREFIX: true }));
  const limiter = createRedisLimiter({
    url: config.REDIS_URL,
    prefix: `${config.PLANWRIGHT_PREFIX}:`,
    log: createLogger('ops', 'silent'),
    commandTimeoutMs: 5_000,
  });
  try {
    const buckets = (await limiter.view()).toSorted((a, b) => a.bucket.localeCompare(b.bucket));
    terminal.out(json ? `${JSON.stringify({ buckets }, null, 2)}\n` : limitsReport(buckets));
    return buckets.some(({ pause }) => pause?.code === 'auth' || pause?.code === 'billing') ? 1 : 0;
  } finally {
    await limiter.close();
  }
}
