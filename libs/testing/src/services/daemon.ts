import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { waitFor } from '../wait-for.js';
import { findProgram } from './programs.js';
import type { Started } from './started.js';

export interface Daemon {
  /** Once the program has ended: how, with the end of its log. */
  failure: () => Promise<Error | null>;
  /** Kills it and all it started, at once. */
  kill: () => Promise<void>;
  /** Asks it to end, and kills what does not. */
  shutDown: () => Promise<void>;
}

const SHUTS_DOWN_WITHIN_MS = 20_000;

/**
 * Starts a server program of a test run in a process group of its own, its output in `logFile`. On Linux the kernel
 * ends it if this process is killed; elsewhere a killed test run may leave it behind.
 */
export function startDaemon(file: string, args: string[], env: NodeJS.ProcessEnv, logFile: string): Daemon {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  const command = setpriv ? [setpriv, '--pdeathsig', 'SIGTERM', '--', file, ...args] : [file, ...args];
  const child = spawn(command[0] ?? file, command.slice(1), {
    env,
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });

  let ended: string | undefined;
  const end = new Promise<void>((resolve) => {
    child.once('error', (error) => resolve(void (ended = error.message)));
    child.once('exit', (code, signal) => resolve(void (ended = signal ?? `exit code ${code}`)));
  });
  const killGroup = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', killGroup);
  let over = false;
  const kill = async (): Promise<void> => {
    if (over) return; // somebody else may have its process id by now
    over = true;
    process.removeListener('exit', killGroup);
    killGroup();
    await end;
    log.end();
  };

  return {
    async failure() {
      if (ended === undefined) return null;
      const tail = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join(' | ');
      return new Error(`${file} ended (${ended}): ${tail}`);
    },
    kill,
    async shutDown() {
      if (over) return;
      signalGroup(child, 'SIGTERM');
      const late = setTimeout(killGroup, SHUTS_DOWN_WITHIN_MS);
      await end;
      clearTimeout(late);
      await kill();
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone already
  }
}

/** The service that `launch` starts: a daemon that answers already. `atEnd` ends what stands beside it. */
export async function serviceOf(
  launch: () => Promise<Daemon>,
  { url, how, atEnd = async () => undefined }: { url: string; how: string; atEnd?: () => Promise<void> },
): Promise<Started> {
  let daemon = await launch();
  return {
    url,
    how,
    kill: () => daemon.kill(),
    shutDown: () => daemon.shutDown(),
    async start() {
      daemon = await launch();
    },
    async stop() {
      await daemon.kill();
      await atEnd();
    },
  };
}

/** Waits for `answers` no longer than the program lives. */
export async function waitForDaemon(
  daemon: Pick<Daemon, 'failure'>,
  answers: () => Promise<void>,
  what: string,
): Promise<void> {
  const outcome = await waitFor(async () => (await daemon.failure()) ?? answers().then(() => 'answers' as const), {
    what,
    timeoutMs: 60_000,
  });
  if (outcome !== 'answers') throw outcome;
}
