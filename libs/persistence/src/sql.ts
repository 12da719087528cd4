import type { EntityManager } from 'typeorm';

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

/** As `rows`, for statements that give at most one. */
export async function firstRow<T>(manager: EntityManager, sql: string, parameters: unknown[] = []): Promise<T | null> {
  return (await rows<T>(manager, sql, parameters))[0] ?? null;
}

/** Fails the transaction when a row that has to be there is not: the caller's picture of the run was wrong. */
export async function mustChange(
  manager: EntityManager,
  what: string,
  sql: string,
  parameters: unknown[],
): Promise<void> {
  const changed = await rows(manager, `${sql} RETURNING 1`, parameters);
  if (changed.length === 0) throw new Error(`${what}: the row is gone or not in a state that allows it`);
}

/** An instant as the wire has it. `Date` from a column, or the text PostgreSQL puts into JSON. */
export function iso(instant: Date | string): string;
export function iso(instant: Date | string | null): string | null;
export function iso(instant: Date | string | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
