import { Database, verify } from '@planwright/persistence';
import { withoutCredentials } from '@planwright/runtime';
import type { Command } from '../arguments.js';
import { configSchema } from '../config.js';
import type { Terminal } from '../terminal.js';
import { verifyReport } from './report.js';

/** An invariant takes ten minutes at most (`verify`). */
const QUERY_TIMEOUT_MS = 11 * 60_000;

/** Prints what was found; answers the exit code: 0 all invariants hold, 1 some do not. Rejects when it cannot tell. */
export async function verifyCommand(
  { all, limit, json }: Extract<Command, { name: 'verify' }>,
  terminal: Terminal,
): Promise<number> {
  const { DATABASE_URL: url } = terminal.read(configSchema.pick({ DATABASE_URL: true }));
  const database = new Database({
    url,
    poolSize: 1,
    applicationName: 'planwright-ops',
    queryTimeoutMs: QUERY_TIMEOUT_MS,
  });
  try {
    await database.connect();
    const verification = await verify(database, { all, limitPerInvariant: limit });
    const where = withoutCredentials(url).replace(/^.*\/\//, '');
    if (json) terminal.out(`${JSON.stringify(verification, null, 2)}\n`);
    else terminal.out(verifyReport(verification, { where, all }));
    return verification.findings.some(({ severity }) => severity === 'violation') ? 1 : 0;
  } finally {
    await database.close();
  }
}
