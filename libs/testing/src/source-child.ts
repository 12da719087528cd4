import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface SourceChild {
  pid: number;
  /** Lines of its standard output so far. */
  lines: string[];
  /** Waits for the next line of its standard output; null after its end. */
  nextLine(): Promise<string | null>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

export interface SourceChildOptions {
  /** An ES module that may import our TypeScript sources, by absolute path. */
  code: string;
  /** Default: this process's. */
  uid?: number;
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs code in a Node process of its own, for tests that kill it or give it another user. It can reach the sources
 * that use no decorators (jest/run-sources.mjs).
 */
export async function startSourceChild({ code, uid, env = process.env }: SourceChildOptions): Promise<SourceChild> {
  const runSources = fileURLToPath(new URL('./jest/run-sources.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--import', runSources, '--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
    cwd: '/',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const ended = once(child, 'close');
  await once(child, 'spawn');
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  let read = 0;
  return {
    pid: child.pid ?? 0,
    lines,
    async nextLine() {
      if (lines.length === read) await Promise.race([once(reader, 'line'), ended]);
      return lines[read++] ?? null;
    },
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
