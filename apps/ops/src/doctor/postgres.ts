import { Database, databaseState } from '@planwright/persistence';
import type { DatabaseState } from '@planwright/persistence';
import { withoutCredentials } from '@planwright/runtime';
import { bad, ok } from './check.js';
import type { Check } from './check.js';

const OUTBOX_LATE_MS = 60_000;

/** The database: there, new enough, of this release's schema, and its outbox sent. */
export async function checkPostgres(url: string): Promise<Check[]> {
  const database = new Database({ url, poolSize: 1, applicationName: 'planwright-ops' });
  try {
    await database.connect();
    const state = await databaseState(database);
    const place = withoutCredentials(url).replace(/^.*\/\//, '');
    return [
      ok('postgresql', `version ${state.version}, schema ${state.schema}, at ${place}`),
      outboxCheck(state.outbox),
    ];
  } finally {
    await database.close();
  }
}

export function outboxCheck({ messages, oldestMs }: DatabaseState['outbox']): Check {
  if (messages === 0 || oldestMs === null) return ok('outbox', 'empty');
  const detail = `${messages} waiting, the oldest for ${(oldestMs / 1000).toFixed(1)} s`;
  if (oldestMs < OUTBOX_LATE_MS) return ok('outbox', detail);
  return bad(
    'outbox',
    detail,
    'Start an orchestrator (npm run start:orchestrator), or look what it logs: its relay sends them.',
  );
}
