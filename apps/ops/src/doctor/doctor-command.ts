import type { Command } from '../arguments.js';
import { configSchema } from '../config.js';
import type { Terminal } from '../terminal.js';
import { looked } from './check.js';
import type { Check } from './check.js';
import { checkPostgres } from './postgres.js';
import { checkRabbit } from './rabbitmq.js';
import { checkRedis } from './redis.js';
import { doctorReport } from './report.js';

/** Prints a line for everything it looked at; exit code 1 when one of them is not as it should be. */
export async function doctorCommand(
  { json }: Extract<Command, { name: 'doctor' }>,
  terminal: Terminal,
): Promise<number> {
  const { PLANWRIGHT_PREFIX: prefix } = terminal.read(configSchema.pick({ PLANWRIGHT_PREFIX: true }));
  const checks = (
    await Promise.all([
      looked('postgresql', 'Start PostgreSQL, or set DATABASE_URL.', async () =>
        checkPostgres(terminal.read(configSchema.pick({ DATABASE_URL: true })).DATABASE_URL),
      ),
      looked('rabbitmq', 'Start RabbitMQ, or set RABBITMQ_URL.', async () =>
        checkRabbit(terminal.read(configSchema.pick({ RABBITMQ_URL: true })).RABBITMQ_URL, prefix),
      ),
      looked('redis', 'Start Redis, or set REDIS_URL.', async () =>
        checkRedis(terminal.read(configSchema.pick({ REDIS_URL: true })).REDIS_URL, prefix),
      ),
    ])
  ).flat();
  terminal.out(json ? `${JSON.stringify({ ok: isWell(checks), checks }, null, 2)}\n` : doctorReport(checks));
  return isWell(checks) ? 0 : 1;
}

function isWell(checks: readonly Check[]): boolean {
  return checks.every(({ status }) => status !== 'bad');
}
