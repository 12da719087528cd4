import { Client } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { ENTITIES } from './entities/entities.js';
import { SnakeNaming } from './entities/snake-naming.js';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations/migrations.js';

export const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than a statement may wait for a lock. */
const QUERY_TIMEOUT_MS = 40_000;

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
    url: withSettings(options.url),
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
 * The URL, with the isolation that every transaction here is made for, whatever the server's default is, and without
 * compiling statements: where PostgreSQL takes one of ours for expensive, that costs 200 ms for what takes a few. Set once
 * per connection: saying it in each transaction costs a round trip.
 */
function withSettings(url: string): string {
  if (!URL.canParse(url)) return url;
  const whole = new URL(url);
  const given = whole.searchParams.get('options');
  const settings = '-c default_transaction_isolation=read\\ committed -c jit=off';
  whole.searchParams.set('options', given === null ? settings : `${given} ${settings}`);
  return whole.href;
}
