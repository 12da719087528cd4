import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.js';
import type { Launcher } from './launcher.js';

export interface ServerProcess {
  port: number;
  /** Fulfilled when the server has ended, whoever ended it, with its exit code or signal. */
  ended: Promise<string>;
  /** Shuts down as fast as is safe: open transactions are rolled back, everything committed is on disk. */
  stop(): Promise<void>;
}

/** The server ended before it was ready; `lines` is what it said. */
export class ServerRefused extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.find((line) => line.includes('FATAL')) ?? lines.at(-1) ?? 'no message');
    this.lines = lines;
  }
}

export interface ServerOptions {
  launcher: Launcher;
  postgres: string;
  data: string;
  settings: Record<string, string>;
  log: (line: string) => void;
}

const READY = 'database system is ready to accept connections';
/** Crash recovery replays what was not yet in the tables; at most 1 GB by default, which takes seconds. */
const READY_WITHIN_MS = 120_000;
const FAST_STOP_WITHIN_MS = 15_000;

/**
 * TCP on the loopback address alone: the path of a Unix socket may have 107 bytes, and data folders have longer ones.
 * Server messages carry neither statements nor row values, which would put people's text into the log.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** Starts the server on a free port; another one if somebody took it between the search and the start. */
export async function runServer(options: ServerOptions): Promise<ServerProcess> {
  const giveUpAt = Date.now() + FAST_STOP_WITHIN_MS;
  for (;;) {
    try {
      return await runServerOn(await freePort(), options);
    } catch (error) {
      if (!(error instanceof ServerRefused) || Date.now() > giveUpAt) throw error;
      const text = error.lines.join('\n');
      // The second: backends of a server that was killed still detach from its memory.
      if (!/could not bind|pre-existing shared memory block/.test(text)) throw error;
      await sleep(100);
    }
  }
}

async function runServerOn(port: number, options: ServerOptions): Promise<ServerProcess> {
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  const { file, args, ids } = options.launcher.command(options.postgres, [
    '-D',
    options.data,
    '-p',
    String(port),
    ...settings,
  ]);
  // Detached: Ctrl-C in the terminal is for us, who finish what is under way before the database goes.
  const child = spawn(file, args, {
    ...ids,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH },
  });
  const stopNow = (): void => void child.kill('SIGINT');
  process.once('exit', stopNow);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  }).finally(() => process.removeListener('exit', stopNow));

  const lines: string[] = [];
  const ready = new Promise<'ready'>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      options.log(line);
      if (lines.length < 50) lines.push(line);
      if (line.includes(READY)) resolve('ready');
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    if (await settlesWithin(ended, FAST_STOP_WITHIN_MS)) return;
    child.kill('SIGQUIT'); // without a checkpoint: the next start recovers
    if (await settlesWithin(ended, FAST_STOP_WITHIN_MS)) return;
    child.kill('SIGKILL');
    await ended;
  };

  const timeout = new AbortController();
  const first = await Promise.race([ready, ended, sleep(READY_WITHIN_MS, 'late', { signal: timeout.signal })]);
  timeout.abort();
  if (first === 'ready') return { port, ended, stop };
  if (first !== 'late') throw new ServerRefused(lines.length > 0 ? lines : [first]);
  await stop();
  throw new EmbeddedPostgresError(
    `PostgreSQL in ${options.data} was not ready within ${READY_WITHIN_MS / 1000} s; its last message: ${lines.at(-1)}`,
  );
}

async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timeout = new AbortController();
  const late = sleep(ms, false, { signal: timeout.signal });
  const settled = await Promise.race([promise.then(() => true), late]);
  timeout.abort();
  return settled;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
