import { query } from '@planwright/e2e/rows';

/** What a database server has counted since it was made. */
export interface DatabaseCounts {
  /** Transactions that wrote something: each took an id. Those of the whole server. */
  writes: number;
  /** Transactions of any kind in this database; a statement by itself is one. */
  transactions: number;
}

/** `transactions` is told to the statistics once a second at most: wait a little before reading it. */
export async function databaseCounts(url: string): Promise<DatabaseCounts> {
  const [row] = await query<{ writes: string; transactions: string }>(
    url,
    `SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS writes, xact_commit + xact_rollback AS transactions
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  return { writes: Number(row?.writes ?? 0), transactions: Number(row?.transactions ?? 0) };
}
