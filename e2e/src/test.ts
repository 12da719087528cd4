import { allOutput, killAll } from './app-process.js';

/**
 * Jest's `test` with a time limit of its own per test, and with the output of every process when one fails. The limit
 * is held here as well, so that a test which hangs shows the output, too.
 */
export function test(name: string, work: () => Promise<void>, timeoutMs: number): void {
  globalThis.test(name, () => shown(work, timeoutMs), timeoutMs + 5_000);
}

/** The same for what must stand before the tests of a file. */
export function beforeAll(work: () => Promise<void>, timeoutMs: number): void {
  globalThis.beforeAll(() => shown(work, timeoutMs), timeoutMs + 5_000);
}

/**
 * Ends a file that starts processes: nothing outlives it, and a process nobody stopped is an error. The last call of the
 * file, as hooks run in the order they are registered.
 */
export function leaveNothingRunning(): void {
  globalThis.afterAll(async () => {
    const left = await killAll();
    if (left.length > 0) throw new Error(`still running at the end: ${left.join(', ')}`);
  }, 30_000);
}

async function shown(work: () => Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work(), late]);
  } catch (error) {
    process.stderr.write(`${allOutput()}\n\n`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
