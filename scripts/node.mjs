// Which Node runs the programs: the one the lock file pins, whatever Node started npm.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** The oldest Node the programs run on where no package carries one. */
const OLDEST = [22, 13];

/** Returns the path of a Node that works, or throws a sentence that says what is missing. */
export function findNode(root) {
  const carried = join(
    root,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  );
  const pinned = join(carried, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(pinned)) {
    if (realpathSync(process.execPath) === realpathSync(pinned)) return process.execPath;
    // It does not start where the C library is another one (Alpine).
    if (spawnSync(pinned, ['--version'], { stdio: 'ignore' }).status === 0) return pinned;
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  throw new Error(
    `No package carries Node 24 for ${process.platform}-${process.arch}, and this Node is ${process.versions.node}: ` +
      `install Node ${OLDEST.join('.')} or newer and run the command again.`,
  );
}
