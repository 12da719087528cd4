import type { Pool, PoolClient } from 'pg';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { ConfinedManager } from './tenancy/confined-manager.js';

/**
 * Runs one statement and returns its rows. TypeORM answers an UPDATE or DELETE with the pair [rows, count]; here every
 * statement gives rows, so that `RETURNING` reads the same everywhere.
 */
export async function rows<T>(manager: EntityManager, sql: string, parameters: unknown[] = []): Promise<T[]> {
  const result: unknown = await manager.query(sql, parameters);
  const isPair =
    Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number';
  return (isPair ? result[0] : result) as T[];
}

/**
 * As `rows`, for the statements every step comes by: the server parses and plans them once per connection, which is most
 * of what they cost. `name` stands for one text; the driver refuses another one under it.
 */
export async function preparedRows<T extends object>(
  manager: EntityManager,
  name: string,
  text: string,
  values: unknown[],
): Promise<T[]> {
  if (manager instanceof ConfinedManager) return manager.run<T>({ name, text, values });
  const { queryRunner, connection } = manager;
  if (queryRunner?.isReleased) throw new QueryRunnerAlreadyReleasedError();
  const pool = (connection.driver as PostgresDriver).master as Pool;
  const client = queryRunner ? ((await queryRunner.connect()) as PoolClient) : pool;
  try {
    return (await client.query<T>({ name, text, values })).rows;
  } catch (error) {
    throw new QueryFailedError(text, values, error as Error);
  }
}

/** As `rows`, for statements that give at most one. */
export async function firstRow<T>(manager: EntityManager, sql: string, parameters: unknown[] = []): Promise<T | null> {
  return (await rows<T>(manager, sql, parameters))[0] ?? null;
}

/** An instant as the wire has it. `Date` from a column, or the text PostgreSQL puts into JSON. */
export function iso(instant: Date | string): string;
export function iso(instant: Date | string | null): string | null;
export function iso(instant: Date | string | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
