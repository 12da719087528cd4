import { Client, DatabaseError, escapeIdentifier } from 'pg';
import { CONNECT_TIMEOUT_MS } from './connection.js';
import { ConnectionError, SchemaError } from './errors.js';
import { LATEST_NAME, MIGRATIONS_TABLE, numberOf } from './migrations/migrations.js';
import type { Role } from './tenancy/roles.js';

const OLDEST_SERVER = 15;

/**
 * Looks before anything is opened, so that what an operator has to know is one sentence: is the server up, does it know
 * the database and let us in, is it new enough, and does its schema fit this release. Returns the schema's migrations.
 */
export async function probe(url: string): Promise<string[]> {
  return ask(url, async (client, where) => {
    const version = await client.query<{ server_version: string }>('SHOW server_version');
    const server = version.rows[0]?.server_version ?? '';
    if (Number.parseInt(server, 10) < OLDEST_SERVER) {
      throw new SchemaError(
        `${where.server} is version ${server.split(' ')[0]}; PostgreSQL ${OLDEST_SERVER} or newer is needed.`,
      );
    }
    const table = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
      MIGRATIONS_TABLE,
    ]);
    if (!table.rows[0]?.there) return [];
    const applied = await client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY "timestamp"`);
    return applied.rows.map(({ name }) => name);
  });
}

/**
 * Throws when whoever connects here is not let act as `role`: to have the engine's rights all the time, or to take another
 * role for a transaction.
 */
export async function refuseStranger(url: string, role: Role): Promise<void> {
  const way = role === 'planwright_engine' ? 'had' : 'taken';
  const rights = await rightsOf(url, role);
  if (rights[way]) return;
  const { database } = placeOf(url);
  throw new ConnectionError(
    `"${rights.user}" may not act as ${role} in database "${database}": run as its owner or an administrator: GRANT ${role} TO ${escapeIdentifier(rights.user)};`,
  );
}

export interface Rights {
  user: string;
  role: Role;
  /** May take the role with SET ROLE. */
  taken: boolean;
  /** Has the role's rights without taking it. */
  had: boolean;
}

/** What the user of this URL may do as `role`. */
export function rightsOf(url: string, role: Role): Promise<Rights> {
  return ask(url, async (client) => {
    const found = await client.query<Rights>(
      `SELECT me.rolname AS "user", $1 AS role,
         coalesce(pg_has_role(r.oid, 'USAGE'), false) AS had, coalesce(pg_has_role(r.oid, CASE
           WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END), false) AS taken
       FROM pg_roles me LEFT JOIN pg_roles r ON r.rolname = $1 WHERE me.rolname = current_user`,
      [role],
    );
    const [rights] = found.rows;
    if (!rights) throw new Error('PostgreSQL does not say who we are');
    return rights;
  });
}

/** Has a connection of its own; errors come as sentences. */
async function ask<T>(url: string, question: (client: Client, where: Place) => Promise<T>): Promise<T> {
  const { client, where } = clientFor(url);
  try {
    await client.connect();
    return await question(client, where);
  } catch (error) {
    throw asSentence(error, where);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Throws when the schema is newer than this release. */
export function refuseNewer(url: string, applied: readonly string[]): void {
  const newest = applied.at(-1);
  if (newest === undefined || numberOf(newest) <= numberOf(LATEST_NAME)) return;
  throw new SchemaError(
    `Database "${placeOf(url).database}" has schema ${title(newest)}, newer than this release, which knows ${title(LATEST_NAME)}: start the newer release, or restore a backup made before the upgrade.`,
  );
}

/** Throws when migrations of this release are missing. */
export function refuseOlder(url: string, applied: readonly string[]): void {
  const newest = applied.at(-1);
  if (newest === LATEST_NAME) return;
  const { database } = placeOf(url);
  throw new SchemaError(
    newest === undefined
      ? `Database "${database}" has no schema yet: run the migrations first (this release needs schema ${title(LATEST_NAME)}).`
      : `Database "${database}" has schema ${title(newest)}, older than this release: run the migrations first (it needs ${title(LATEST_NAME)}).`,
  );
}

const title = (name: string): string => `${numberOf(name)} (${name.slice(0, -13)})`;

interface Place {
  server: string;
  database: string;
  user: string;
}

function clientFor(url: string): { client: Client; where: Place } {
  const where = placeOf(url);
  return {
    where,
    client: new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'planwright probe',
    }),
  };
}

/** What may be named in a sentence: never the password. */
function placeOf(url: string): Place {
  try {
    const { hostname, port, pathname, username, searchParams } = new URL(url);
    const host = searchParams.get('host') ?? (hostname || 'localhost');
    const user = decodeURIComponent(username) || 'the default user';
    return {
      server: `PostgreSQL at ${host}:${port || 5432}`,
      database: decodeURIComponent(pathname.slice(1)) || user,
      user,
    };
  } catch {
    throw new ConnectionError('The database URL is not a URL such as postgres://user:password@host:5432/planwright.');
  }
}

function asSentence(error: unknown, { server, database, user }: Place): Error {
  if (error instanceof SchemaError) return error;
  if (error instanceof DatabaseError) {
    if (error.code === '3D000')
      return new ConnectionError(
        `${server} has no database "${database}": create it (createdb ${database}), then start again.`,
      );
    if (error.code === '28P01')
      return new ConnectionError(`${server} refused the password of "${user}" for database "${database}".`);
    if (error.code?.startsWith('28'))
      return new ConnectionError(`${server} does not let "${user}" into database "${database}": ${error.message}.`);
    if (error.code === '57P03')
      return new ConnectionError(`${server} is starting up or shutting down: try again in a moment.`);
    return new ConnectionError(`${server} answered with an error for database "${database}": ${error.message}.`);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (message?.includes('password must be a string'))
    return new ConnectionError(`${server} asks for a password for "${user}", and the database URL has none.`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ConnectionError(`${server} can't be reached: no such host.`);
  if (code === 'ECONNREFUSED')
    return new ConnectionError(`${server} can't be reached: connection refused. Is it running?`);
  return new ConnectionError(`${server} can't be reached: ${message || code || 'no answer'}.`);
}
