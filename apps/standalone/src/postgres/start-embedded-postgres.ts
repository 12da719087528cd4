import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { escapeIdentifier, type Client } from 'pg';
import { findBinaries, type Binaries } from './binaries.js';
import { EmbeddedPostgresError, messageOf } from './errors.js';
import { giveDataTo, makeCluster, openFolder, ownerOfData, readPassword, type Folder } from './folder.js';
import { chooseLauncher, type Launcher } from './launcher.js';
import { SUPERUSER, takeOwnership, urlOf } from './ownership.js';
import { endPreviousServer, inUse } from './previous-server.js';
import { runServer, ServerRefused, type ServerProcess } from './server-process.js';

export interface EmbeddedPostgresOptions {
  /** The folder for all of it, made if missing; may have any name and be closed to everybody else. */
  dataDir: string;
  /** Gets each line the server says, and a few of ours. */
  log: (line: string) => void;
  /** Called if the server ends without `stop()`, with its exit code or signal: whoever uses it cannot go on. */
  onUnexpectedEnd?: (how: string) => void;
  /** Server settings for tests, e.g. `{fsync: 'off'}`; default: PostgreSQL's own. */
  settings?: Record<string, string>;
  /** The database in `url`, made if missing. Default `planwright`. */
  database?: string;
}

export interface EmbeddedPostgres {
  /** On 127.0.0.1, a port that was free, with a password that is this folder's alone. Secret: never log it. */
  url: string;
  /** E.g. `18.4`. */
  version: string;
  /** Shuts the server down and waits for its end; the second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of `npm start` on a folder of its own and makes the folder's cluster if there is none. Expected
 * troubles (a folder in use, of another user or of another major version, no binaries) are `EmbeddedPostgresError`s.
 * Call it from the main thread: the server is tied to the thread that starts it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, database = 'planwright' } = options;
  const folder = await openFolder(resolve(options.dataDir));
  const binaries = await findBinaries();
  await endPreviousServer(folder, log);

  const owner = await ownerOfData(folder);
  const launcher = await chooseLauncher(binaries, folder.path, owner);
  if (!owner) await makeCluster(folder, launcher.owner, (target, secret) => initdb(binaries, launcher, target, secret));
  else if (launcher.owner) await giveDataTo(folder, launcher.owner);
  await checkMajorVersion(folder, binaries);

  const password = await readPassword(folder);
  const server = await start(folder, launcher, binaries, options);
  try {
    const ownership = await takeOwnership(server.port, password);
    const version = await makeDatabase(ownership, database);
    return { url: urlOf(server.port, password, database), version, stop: stopping(server, ownership, options) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function start(
  folder: Folder,
  launcher: Launcher,
  { postgres }: Binaries,
  { log, settings = {} }: EmbeddedPostgresOptions,
): Promise<ServerProcess> {
  try {
    return await runServer({ launcher, postgres, data: folder.data, settings, log });
  } catch (error) {
    if (!(error instanceof ServerRefused)) throw error;
    if (error.lines.some((line) => line.includes('postmaster.pid" already exists'))) throw inUse(folder, null);
    throw new EmbeddedPostgresError(`PostgreSQL did not start in ${folder.path}: ${error.message}`, { cause: error });
  }
}

function stopping(server: ServerProcess, ownership: Client, options: EmbeddedPostgresOptions): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  void server.ended.then((how) => {
    if (!stopped) options.onUnexpectedEnd?.(how);
  });
  return () => (stopped ??= server.stop().then(() => ownership.end().catch(() => undefined)));
}

/**
 * UTF-8, ordered by code point, with PostgreSQL's own collation provider: the same order and upper case on every
 * machine, whatever locales it has. Only connections over the loopback address with the password are let in.
 */
async function initdb(binaries: Binaries, launcher: Launcher, target: string, passwordFile: string): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const { file, args, ids } = launcher.command(binaries.initdb, [
    '-D',
    target,
    ...access,
    ...locale,
    '--no-instructions',
  ]);
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH };
  await promisify(execFile)(file, args, { ...ids, cwd: '/', env }).catch((error: unknown) => {
    throw new EmbeddedPostgresError(`PostgreSQL could not make its files at ${target}: ${whatFailed(error)}`, {
      cause: error,
    });
  });
}

/** After its error `initdb` says what it removed; the error is the line that counts. */
function whatFailed(error: unknown): string {
  const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).split('\n') : [];
  return said.find((line) => /FATAL|error:/.test(line)) ?? messageOf(error);
}

async function checkMajorVersion(folder: Folder, binaries: Binaries): Promise<void> {
  const made = (await readFile(join(folder.data, 'PG_VERSION'), 'utf8')).trim();
  const { stdout } = await promisify(execFile)(binaries.postgres, ['--version'], { cwd: '/' });
  const ours = /\d+/.exec(stdout)?.[0];
  if (made === ours) return;
  throw new EmbeddedPostgresError(
    `The data in ${folder.path} is of PostgreSQL ${made} and this release brings PostgreSQL ${ours}: use the release of ` +
      'Planwright that made the data, or set PLANWRIGHT_DATA_DIR to another folder.',
  );
}

async function makeDatabase(client: Client, database: string): Promise<string> {
  const { rows } = await client.query<{ version: string; there: boolean }>(
    `select current_setting('server_version') as version,
            exists (select from pg_database where datname = $1) as there`,
    [database],
  );
  if (!rows[0]?.there) await client.query(`create database ${escapeIdentifier(database)}`);
  return rows[0]?.version ?? '';
}
