// Starting a program so that it meets every signal exactly once and its end is ours.
import { spawn } from 'node:child_process';

const posix = process.platform !== 'win32';
const forwarded = posix ? ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] : ['SIGINT', 'SIGTERM'];

/**
 * Starts `file` with the given Node.
 *
 * On Ctrl-C a terminal signals its whole process group, and npm signals its child as well: a program in that group
 * would get SIGINT two or three times and take the second for "now, at once". So it gets a group of its own and what
 * {@link passSignals} sends it; should this process be killed outright, `end-with-parent.mjs` ends it.
 */
export function startNode(
  node,
  file,
  args,
  { nodeArgs = ['--enable-source-maps'], env = process.env, cwd, stdio = 'inherit' } = {},
) {
  const endWithParent = `${new URL('end-with-parent.mjs', import.meta.url)}?parent=${process.pid}`;
  const streams = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio;
  return spawn(node, ['--import', endWithParent, ...nodeArgs, file, ...args], {
    cwd,
    env,
    detached: posix,
    stdio: [...streams, 'ipc'],
  });
}

/** One press of Ctrl-C arrives from the terminal and from npm; a second press comes later than this, in milliseconds. */
const SAME_PRESS_MS = 400;

/** Passes signals on to what `running()` returns; repeated presses are passed on again. Returns how to stop doing so. */
export function passSignals(running) {
  const lastAt = new Map();
  const handlers = forwarded.map((signal) => {
    const handler = () => {
      const now = Date.now();
      if (now - (lastAt.get(signal) ?? -Infinity) < SAME_PRESS_MS) return;
      lastAt.set(signal, now);
      for (const child of running()) child.kill(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => handlers.forEach((remove) => remove());
}

/** Resolves with `{code, signal}`; a program that could not be started counts as code 1. */
export function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve({ code: 1, signal: null });
    });
    // Not `exit`: its last lines may still be under way then.
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Ends this process the way the other one ended; never resolves. */
export function endLike({ code, signal }) {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Where a signal cannot end this process, a failure does.
  setTimeout(() => process.exit(1), 1000);
  return new Promise(() => undefined);
}
