import { bootSentence } from './boot-error.js';

/**
 * Runs a process's `main`. What it throws becomes one line on standard error and exit code 1, with the stack only
 * where `PLANWRIGHT_LOG_LEVEL` is `debug` or `trace`. Connections that were opened before the error don't keep it alive.
 */
export async function runMain(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const verbose = ['debug', 'trace'].includes(process.env['PLANWRIGHT_LOG_LEVEL'] ?? '');
    const stack = verbose && error instanceof Error ? `${error.stack}\n` : '';
    process.exitCode = 1;
    process.stderr.write(`${name}: ${bootSentence(error)}\n${stack}`, () => process.exit(1));
  }
}
