import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { waitFor } from '../wait-for.js';
import { findProgram } from './programs.js';

export interface Daemon {
  /** Once the program has ended: how, with the end of its log. */
  failure: () => Promise<Error | null>;
  /** Kills it and all it started, at once: what it stored was for a test. */
  kill: () => Promise<void>;
}

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
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });

  let ended: string | undefined;
  const end = new Promise<void>((resolve) => {
    child.once('error', (error) => resolve(void (ended = error.message)));
    child.once('exit', (code, signal) => resolve(void (ended = signal ?? `exit code ${code}`)));
  });
  const killGroup = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', killGroup);

  return {
    async failure() {
      if (ended === undefined) return null;
      const tail = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join(' | ');
      return new Error(`${file} ended (${ended}): ${tail}`);
    },
    async kill() {
      process.removeListener('exit', killGroup);
      killGroup();
      await end;
      log.end();
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
