import { DataSource } from 'typeorm';
import { dataSourceOptions } from './connection.js';
import { probe, refuseNewer } from './probe.js';
import { ensureRoles } from './tenancy/roles.js';

/** Any number will do, as long as it is always this one. */
const MIGRATION_LOCK = 5_707_812_021;

/**
 * Brings the schema to this release, forward only, and returns the names of what was applied; an empty list when there
 * was nothing to do. Several processes may call it at once: one works, the others wait and find it done. Throws
 * `ConnectionError` when the database can't be entered (it is not created here), `SchemaError` when its schema is newer, or
 * when the roles that keep workspaces apart have to be made by somebody else.
 */
export async function migrate(url: string, { log }: { log?: (line: string) => void } = {}): Promise<string[]> {
  refuseNewer(url, await probe(url));
  const options = dataSourceOptions({ url, poolSize: 2, applicationName: 'planwright migrate' });
  const dataSource = await new DataSource({ ...options, extra: {} }).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    // Held by this session alone, so that it is free again even if this process dies.
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(dataSource);
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    for (const { name } of applied) log?.(`applied ${name}`);
    return applied.map(({ name }) => name);
  } finally {
    await lock.release();
    // Closing the session gives the lock back.
    await dataSource.destroy();
  }
}
