import { PlanwrightError, UnreachableError } from '@planwright/client';
import { USAGE, UsageError } from './arguments.js';
import { plan, refusalText } from './plan.js';
import { PlatformError } from './platform.js';

const { env, stdout, stderr } = process;

const interruption = new AbortController();
const interrupt = () => {
  if (!interruption.signal.aborted) return interruption.abort();
  // Asked twice: wait for nobody. A platform that was started here ends with the channel to it.
  stdout.write('\n');
  process.exit(130);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
// Who reads along may go (`| head`, a closed window): the files are what counts.
for (const stream of [stdout, stderr]) stream.on('error', () => undefined);

const isTerminal = stdout.isTTY && env['TERM'] !== 'dumb';

try {
  process.exitCode = await plan({
    argv: process.argv.slice(2),
    env,
    // npm runs its scripts at the top of the repository and says where the person was.
    cwd: (env['npm_lifecycle_event'] === 'plan' ? env['INIT_CWD'] : undefined) ?? process.cwd(),
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    // Asked of the terminal itself: without a controlling terminal no signal tells of a new size.
    columns: isTerminal ? () => stdout.getWindowSize()[0] || 80 : null,
    colour: isTerminal && !env['NO_COLOR'],
    interrupted: interruption.signal,
  });
} catch (error) {
  process.exitCode = explain(error);
}

/** Says what went wrong and answers the exit code. */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    stderr.write(`plan: ${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (error instanceof PlanwrightError) {
    stderr.write(`plan: ${refusalText(error)}\n`);
    return error.problem.status === 400 || error.problem.status === 413 ? 2 : 1;
  }
  if (!(error instanceof UnreachableError) && !(error instanceof PlatformError)) throw error;
  stderr.write(`plan: ${error.message}\n`);
  return 1;
}
