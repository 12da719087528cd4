import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from './arguments.js';

/** A platform to talk to. */
export interface Platform {
  url: string;
  /** Aborts, with a `PlatformError`, when the platform that was started here ended by itself. */
  gone: AbortSignal;
  /** Ends the platform if it was started here. */
  stop(): Promise<void>;
}

/** There is no platform and none could be started; the message says why. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
}

export interface PlatformOptions {
  env: NodeJS.ProcessEnv;
  err(text: string): void;
  /** Stops waiting for a start. */
  interrupted: AbortSignal;
  /** Default: the built standalone app beside this one. */
  program?: string;
  /** Where a platform may run already. Default `http://127.0.0.1:3000`. */
  localUrl?: string;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';
const STANDALONE = fileURLToPath(new URL('../../standalone/dist/main.js', import.meta.url));
const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;

/** The platform at `PLANWRIGHT_URL`, else one that is started for the time being. Null when interrupted meanwhile. */
export async function findPlatform(options: PlatformOptions): Promise<Platform | null> {
  const { env, err, program = STANDALONE, localUrl = DEFAULT_URL } = options;
  const asked = env['PLANWRIGHT_URL'] || undefined;
  const url = asked ?? localUrl;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`PLANWRIGHT_URL must be an address such as ${DEFAULT_URL}, not "${url}".`);
  }
  if (await answers(url)) return { url, gone: new AbortController().signal, stop: async () => undefined };
  if (asked !== undefined) throw new PlatformError(`No Planwright answers at PLANWRIGHT_URL (${url}).`);
  if (!existsSync(program)) throw new PlatformError('The platform is not built: run `npm run build` first.');
  err('Starting the platform for this plan ...\n');
  return startPlatform(program, options);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return response.ok && ((await response.json()) as { service?: unknown }).service === 'planwright';
  } catch {
    return false;
  }
}

/**
 * Forks the platform on a free port. It has a process group of its own, so Ctrl-C in the terminal reaches this process
 * alone, which cancels the run first; and it ends when the channel between the two closes, so it never outlives us.
 */
function startPlatform(program: string, { env, interrupted }: PlatformOptions): Promise<Platform | null> {
  const child = fork(program, {
    env: { ...env, PORT: '0', HOST: '127.0.0.1', PLANWRIGHT_LOG_LEVEL: env['PLANWRIGHT_LOG_LEVEL'] || 'warn' },
    // Flags of this process (a debugger's port, a loader) are not meant for another one.
    execArgv: ['--enable-source-maps'],
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const withReason = (text: string) => new PlatformError(said.trim() === '' ? text : `${text}\n${said.trim()}`);
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      interrupted.removeEventListener('abort', interrupt);
      child.removeAllListeners('error').removeAllListeners('exit').removeAllListeners('message');
      // A child that could not be started or ended may still say so.
      child.on('error', () => undefined);
      finish();
    };
    const fail = (text: string) => settle(() => reject(withReason(text)));
    const interrupt = () => settle(() => void stop(child).then(() => resolve(null)));
    const timer = setTimeout(() => {
      settle(() => void stop(child).then(() => reject(withReason('The platform did not start in time.'))));
    }, READY_TIMEOUT_MS);
    child.once('error', (error) => fail(`The platform could not be started: ${error.message}`));
    child.once('exit', () => void lastWords(child).then(() => fail('The platform did not start.')));
    child.on('message', (message: { type?: string; url?: string }) => {
      const { type, url } = message;
      if (type !== 'ready' || url === undefined) return;
      settle(() => {
        const gone = new AbortController();
        const why = 'The platform ended unexpectedly; what was written so far is kept in its data.';
        const ended = () => void lastWords(child).then(() => gone.abort(withReason(why)));
        child.once('exit', ended);
        resolve({
          url,
          gone: gone.signal,
          stop: () => {
            child.off('exit', ended);
            return stop(child);
          },
        });
      });
    });
    if (interrupted.aborted) interrupt();
    else interrupted.addEventListener('abort', interrupt, { once: true });
  });
}

/** What a process wrote may arrive after its exit; its own children may keep the pipe open, so not for long. */
function lastWords(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.stderr?.closed) return resolve();
    const timer = setTimeout(resolve, 500);
    child.stderr?.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Ends the platform in order; one that takes too long is killed. */
function stop(child: ChildProcess): Promise<void> {
  return new Promise((stopped) => {
    if (child.exitCode !== null || child.signalCode !== null) return stopped();
    const tooLong = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(tooLong);
      stopped();
    });
    child.kill('SIGTERM');
  });
}
