import { Client } from 'pg';

/** Superuser of the embedded server; the name says nothing to anybody but people who look at `pg_stat_activity`. */
export const SUPERUSER = 'planwright';

/** Any fixed number: the only lock that is ever taken in the database `postgres`. */
const OWNER_LOCK = 7_526_469;

export function urlOf(port: number, password: string, database: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Who a running server belongs to is said by an advisory lock: the process that started the server holds it over one
 * connection until its end. It cannot outlive that process, and unlike a pid in a file it never names a stranger.
 */
export async function takeOwnership(port: number, password: string): Promise<Client> {
  const client = await connect(port, password);
  await client.query('select pg_advisory_lock($1)', [OWNER_LOCK]);
  return client;
}

/** Whether some process owns the server now. Throws what the connection throws. */
export async function isOwned(port: number, password: string): Promise<boolean> {
  const client = await connect(port, password);
  try {
    const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [OWNER_LOCK]);
    return rows[0]?.free !== true;
  } finally {
    await client.end();
  }
}

async function connect(port: number, password: string): Promise<Client> {
  const client = new Client({
    connectionString: urlOf(port, password, 'postgres'),
    connectionTimeoutMillis: 5_000,
    application_name: 'planwright owner',
  });
  // A server that goes away is noticed by the end of its process, not by this connection.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
