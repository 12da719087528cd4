import { DatabaseError } from 'pg';
import type { Pool, PoolClient } from 'pg';
import { EntityManager, QueryFailedError } from 'typeorm';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

export interface Statement {
  /** Of a prepared statement; stands for one text. */
  name?: string;
  text: string;
  values: unknown[];
}

type Work<T> = (manager: EntityManager) => Promise<T>;

/**
 * Every statement runs under a role: a single one in a transaction of its own, whose three messages go out together. As
 * whom is settled where it is asked, before anything is waited for: a pool hands out its connections in the context of
 * whoever gave one back.
 */
export class ConfinedManager extends EntityManager {
  /** `begins`: what a transaction of whoever asks now begins with. */
  constructor(
    dataSource: DataSource,
    private readonly begins: () => string,
  ) {
    super(dataSource);
  }

  override async query<T>(text: string, values: unknown[] = []): Promise<T> {
    return (await this.run({ text, values })) as T;
  }

  /** The rows of one statement. */
  async run<T extends object>(statement: Statement): Promise<T[]> {
    const begin = `BEGIN; ${this.begins()}`;
    const client = await ((this.connection.driver as PostgresDriver).master as Pool).connect();
    const answers = await Promise.allSettled([
      client.query(begin),
      client.query<T>(statement),
      // Of a transaction that failed this is a rollback.
      client.query('COMMIT'),
    ]);
    const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
    // What the server refused leaves the connection as it was; anything else is the connection's end.
    client.release(errors.find((error) => !(error instanceof DatabaseError)));
    const [first] = errors;
    if (first) throw new QueryFailedError(statement.text, statement.values, first);
    return answers[1].status === 'fulfilled' ? answers[1].value.rows : [];
  }

  override transaction<T>(first: unknown, second?: Work<T>): Promise<T> {
    if (second) throw new Error('transactions here have the isolation of their connection');
    const work = first as Work<T>;
    const begins = this.begins();
    return super.transaction(async (manager) => {
      const client = (await manager.queryRunner?.connect()) as PoolClient;
      // Not waited for: it is on its way before anything that `work` sends.
      const confined = client.query(begins);
      confined.catch(() => undefined);
      try {
        return await work(manager);
      } finally {
        // Where this failed, all that came after it failed because of it.
        await confined;
      }
    });
  }

  /** Of what TypeORM would send by itself nobody knows for whom. */
  override createQueryBuilder(): never {
    throw new Error('outside of a transaction only SQL is confined to a workspace');
  }
}
