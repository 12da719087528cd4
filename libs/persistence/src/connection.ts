import { Client, DatabaseError } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { ENTITIES } from './entities/entities.js';
import { SnakeNaming } from './entities/snake-naming.js';
import { ConnectionError, SchemaError } from './errors.js';
import { LATEST_NAME, MIGRATIONS, MIGRATIONS_TABLE, numberOf } from './migrations/migrations.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than a statement may wait for a lock. */
const QUERY_TIMEOUT_MS = 40_000;
const OLDEST_SERVER = 15;

export interface ConnectionOptions {
  url: string;
  /** Connections at most; default 10. */
  poolSize?: number;
  /** Shown in `pg_stat_activity`; default `planwright`. */
  applicationName?: string;
  /** A statement that is not answered for so long ends its connection, in milliseconds; default 40 s. */
  queryTimeoutMs?: number;
}

/**
 * A connection whose end is told to whoever uses it, and to nobody else. When a server that goes away says so together
 * with the end of a statement, the pool listens no longer and TypeORM not yet: the error would end the process.
 */
class QuietClient extends Client {
  constructor(options?: ConstructorParameters<typeof Client>[0]) {
    super(options);
    this.on('error', () => undefined);
  }
}

export function dataSourceOptions(options: ConnectionOptions): DataSourceOptions {
  return {
    type: 'postgres',
    url: readCommitted(options.url),
    poolSize: options.poolSize ?? 10,
    applicationName: options.applicationName ?? 'planwright',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    namingStrategy: new SnakeNaming(),
    // Ids are minted here, and an owner's rights are not needed to run.
    installExtensions: false,
    logging: false,
    extra: {
      Client: QuietClient,
      // Statements that are given one behind the other, without a pause, go out together.
      pipeline: true,
      // A process that freezes while it holds a run must not stop the others for longer than this.
      idle_in_transaction_session_timeout: 30_000,
      lock_timeout: 20_000,
      // The server's limits say nothing of a network that swallows the answer.
      query_timeout: options.queryTimeoutMs ?? QUERY_TIMEOUT_MS,
    },
  };
}

/**
 * The URL, with the isolation that every transaction here is made for, whatever the server's default is. Set once per
 * connection: saying it in each transaction costs a round trip.
 */
function readCommitted(url: string): string {
  if (!URL.canParse(url)) return url;
  const whole = new URL(url);
  const given = whole.searchParams.get('options');
  const isolation = '-c default_transaction_isolation=read\\ committed';
  whole.searchParams.set('options', given === null ? isolation : `${given} ${isolation}`);
  return whole.href;
}

/**
 * Looks before anything is opened, so that what an operator has to know is one sentence: is the server up, does it know
 * the database and let us in, is it new enough, and does its schema fit this release. Returns the schema's migrations.
 */
export async function probe(url: string): Promise<string[]> {
  const { client, where } = clientFor(url);
  try {
    await client.connect();
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
