import type { Database } from '../database.js';
import { LATEST_NAME, numberOf } from '../migrations/migrations.js';
import { firstRow } from '../sql.js';

/** What an operator asks of a database first. */
export interface DatabaseState {
  /** As the server calls it: `15.14`. */
  version: string;
  /** Number of the newest migration; `Database.connect` has made sure that it is this release's. */
  schema: number;
  outbox: {
    /** Messages that wait to be sent. */
    messages: number;
    /** How long the oldest has waited; null where none does. */
    oldestMs: number | null;
  };
}

/** Of a connected database. Rejects when it does not answer. */
export async function databaseState(database: Database): Promise<DatabaseState> {
  return database.transaction(async ({ manager }) => {
    const state = await firstRow<{ version: string; messages: number; oldestMs: number | null }>(
      manager,
      `SELECT split_part(current_setting('server_version'), ' ', 1) AS version, count(*)::int AS messages,
         (extract(epoch FROM clock_timestamp() - min(created_at)) * 1000)::float8 AS "oldestMs"
       FROM outbox`,
    );
    if (!state) throw new Error('an aggregate has one row');
    const { version, messages, oldestMs } = state;
    return { version, schema: numberOf(LATEST_NAME), outbox: { messages, oldestMs } };
  });
}
