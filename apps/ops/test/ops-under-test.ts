import 'reflect-metadata';
import { Database, migrate } from '@planwright/persistence';
import { serviceAddresses, testDatabase, testPrefix } from '@planwright/testing';
import { connect } from 'amqplib';
import { runOps } from '../src/ops.js';

/** What a command left behind. */
interface Seen {
  code: number;
  out: string;
  err: string;
}

/** A migrated database of this file's own, and commands that run on it. */
export interface OpsUnderTest {
  /** The database's name. */
  name: string;
  database: Database;
  sql<T>(text: string, parameters?: unknown[]): Promise<T[]>;
  /** Runs a command as `npm run ops -- ...` does; `prefix` is that of its names on RabbitMQ and in Redis. */
  ops(command: string, prefix: string, env?: NodeJS.ProcessEnv): Promise<Seen>;
  close(): Promise<void>;
}

export async function openOps(): Promise<OpsUnderTest> {
  const own = await testDatabase({ migrate: async (url) => void (await migrate(url)), key: 'persistence' });
  const database = new Database({ url: own.url, poolSize: 2 });
  await database.connect();
  return {
    name: own.name,
    database,
    sql: <T>(text: string, parameters: unknown[] = []): Promise<T[]> =>
      database.transaction(({ manager }) => manager.query<T[]>(text, parameters)),
    ops: async (command, prefix, env = {}) => {
      const seen: Seen = { code: -1, out: '', err: '' };
      const { rabbitmq, redis } = serviceAddresses();
      seen.code = await runOps(command.split(' '), {
        env: { DATABASE_URL: own.url, RABBITMQ_URL: rabbitmq, REDIS_URL: redis, PLANWRIGHT_PREFIX: prefix, ...env },
        out: (text) => (seen.out += text),
        err: (text) => (seen.err += text),
      });
      return seen;
    },
    close: async () => {
      await database.close();
      await own.drop();
    },
  };
}

/** As only the table's owner can, and nobody by accident. */
export async function emptyAuditLog(sql: OpsUnderTest['sql']): Promise<void> {
  await sql(
    'ALTER TABLE audit_log DISABLE TRIGGER USER; DELETE FROM audit_log; ALTER TABLE audit_log ENABLE TRIGGER USER',
  );
}

/** A prefix of a test's own. */
export const newPrefix = (): string => testPrefix().prefix;

type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>;

/** Past the library, for what it has no word for. */
export async function withChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connect(serviceAddresses().rabbitmq);
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    const result = await work(channel);
    await channel.waitForConfirms();
    return result;
  } finally {
    await connection.close();
  }
}
