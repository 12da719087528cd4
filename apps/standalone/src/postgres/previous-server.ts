import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, hasCode } from './errors.js';
import { readPassword, type Folder } from './folder.js';
import { isOwned } from './ownership.js';
import { isAlive, mayBePostgres } from './process-table.js';

const ANSWERS_WITHIN_MS = 15_000;
const ENDS_WITHIN_MS = 30_000;
/** A server is ready a moment before its starter holds the ownership lock. */
const OWNER_APPEARS_WITHIN_MS = 1_000;

/**
 * Makes sure that no server runs on the folder before we start one.
 * - Somebody else's server, alive and owned: refused with one sentence.
 * - An orphan, whose owner was killed where the kernel could not take the server along: shut down, not adopted, so
 *   that its output, its settings and its end are ours again.
 * - A stale `postmaster.pid`: PostgreSQL removes it by itself, unless its pid is a stranger's by now; then we do.
 * Whatever is missed here is caught by PostgreSQL's own interlocks (pid file and shared memory).
 */
export async function endPreviousServer(folder: Folder, log: (line: string) => void): Promise<void> {
  const pidFile = join(folder.data, 'postmaster.pid');
  const giveUpAt = Date.now() + ANSWERS_WITHIN_MS;
  let seenFree = false;
  for (;;) {
    const server = parsePidFile(await readIfThere(pidFile));
    if (!server || !isAlive(server.pid)) return;
    if (!mayBePostgres(server.pid)) return rm(pidFile, { force: true });

    const owned =
      server.port === null ? null : await isOwned(server.port, await readPassword(folder)).catch(() => null);
    if (owned === true) throw inUse(folder, server.pid);
    if (owned === false && seenFree) {
      log(`a server without an owner runs in ${folder.path} (process ${server.pid}); shutting it down`);
      return shutDown(folder, server.pid);
    }
    seenFree = owned === false;
    if (Date.now() > giveUpAt) throw doesNotAnswer(folder, server.pid);
    await sleep(seenFree ? OWNER_APPEARS_WITHIN_MS : 100);
  }
}

export function inUse(folder: Folder, pid: number | null): EmbeddedPostgresError {
  const which = pid === null ? '' : ` (its database is process ${pid})`;
  return new EmbeddedPostgresError(
    `Another Planwright is running on the data folder ${folder.path}${which}: stop it first, or set PLANWRIGHT_DATA_DIR to another folder.`,
  );
}

function doesNotAnswer(folder: Folder, pid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `A PostgreSQL server (process ${pid}) holds the data folder ${folder.path} but does not answer: ` +
      `end it with kill -INT ${pid} and start again.`,
  );
}

async function shutDown(folder: Folder, pid: number): Promise<void> {
  const giveUpAt = Date.now() + ENDS_WITHIN_MS;
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (hasCode(error, 'EPERM')) throw doesNotAnswer(folder, pid);
  }
  while (isAlive(pid)) {
    if (Date.now() > giveUpAt) throw doesNotAnswer(folder, pid);
    await sleep(20);
  }
}

/** Line 1 is the pid, line 4 the port; the port appears a moment after the pid. */
export function parsePidFile(text: string | null): { pid: number; port: number | null } | null {
  const lines = text?.split('\n') ?? [];
  const pid = Math.abs(Number(lines[0]));
  const port = Number(lines[3]);
  if (!Number.isSafeInteger(pid) || pid === 0) return null;
  return { pid, port: Number.isSafeInteger(port) && port > 0 ? port : null };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
