import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError, messageOf } from './errors.js';
import type { Owner } from './folder.js';

/**
 * How a program of PostgreSQL is run. PostgreSQL refuses to run as root and wants to own its files, so the way
 * depends on who started Planwright. The first that works is taken, most private first.
 *
 * ## Started by an ordinary user: `direct`
 * As that user. On Linux through `setpriv --pdeathsig`: if this process dies, even by SIGKILL, the kernel tells the
 * server to shut down. Elsewhere an orphan is stopped by the next start (previous-server.ts).
 *
 * ## Started by root on Linux: `setpriv`
 * As an unprivileged user that keeps one capability, dac_override: it passes folders that only root may enter, so
 * neither the binaries nor the data have to move. Without the secure bit no_setuid_fixup the call access(2), with
 * which PostgreSQL looks for its own binaries, ignores capabilities. All other capabilities are gone for good.
 * The server can thereby read any file for whoever is superuser in it: that is this process alone, by a random
 * password. It is still less than what root gave to this process.
 *
 * ## Where setpriv is missing or forbidden: `unshare`
 * In a user namespace that calls root `nobody`. Files stay root's. (Docker's default profile forbids this one and
 * allows setpriv.) The same serves ordinary users without a name, `docker run --user 4242`: initdb wants one.
 *
 * ## Else: `setuid`
 * As an unprivileged user without any capability, which must be able to enter the folders by itself.
 */
export interface Launcher {
  way: 'direct' | 'setpriv' | 'unshare' | 'setuid';
  /** Whom the database files must belong to; null: to whoever runs this process. */
  owner: Owner | null;
  command(program: string, args: string[]): { file: string; args: string[]; ids: Partial<Owner> };
}

const run = promisify(execFile);
const NOBODY = '65534';
const DIES_WITH_US = ['--pdeathsig', 'SIGINT'];

export async function chooseLauncher(binaries: Binaries, dataDir: string, dataOwner: Owner | null): Promise<Launcher> {
  const refusals: string[] = [];
  for (const launcher of candidates(dataOwner)) {
    try {
      if (launcher.way === 'setuid' && launcher.owner) await chown(dataDir, launcher.owner.uid, launcher.owner.gid);
      await probe(launcher, binaries.postgres, ['--version']);
      if (launcher.owner) await probe(launcher, '/bin/ls', [dataDir]);
      return launcher;
    } catch (error) {
      refusals.push(`${launcher.way}: ${messageOf(error)}`);
    }
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not start here for this user and the folder ${dataDir}: use an ordinary user's ` +
      `account and folder, or set DATABASE_URL to a PostgreSQL server of your own (tried ${refusals.join('; ')}).`,
  );
}

async function probe(launcher: Launcher, program: string, args: string[]): Promise<void> {
  const { file, args: all, ids } = launcher.command(program, args);
  await run(file, all, { ...ids, cwd: '/', timeout: 10_000 });
}

function candidates(dataOwner: Owner | null): Launcher[] {
  const linux = process.platform === 'linux';
  const setpriv = linux && findProgram('setpriv');
  const unshare = linux && findProgram('unshare');
  const tether = setpriv ? [setpriv, ...DIES_WITH_US, '--'] : [];
  const inNamespace = unshare
    ? [prefixed('unshare', null, [unshare, '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--', ...tether])]
    : [];
  if (process.getuid?.() !== 0) {
    if (linux && !hasName()) return inNamespace;
    return setpriv ? [prefixed('direct', null, tether), prefixed('direct', null, [])] : [prefixed('direct', null, [])];
  }
  const owner = dataOwner && dataOwner.uid !== 0 ? dataOwner : unprivilegedUser();
  const keepsOneRight = setpriv
    ? [prefixed('setpriv', owner, [setpriv, ...setprivArgs(owner), ...DIES_WITH_US, '--'])]
    : [];
  const root = { uid: 0, gid: 0 };
  return [...keepsOneRight, ...inNamespace.map((launcher) => ({ ...launcher, owner: root })), setuid(owner)];
}

function setprivArgs({ uid, gid }: Owner): string[] {
  const rights = ['--bounding-set', '-all,+dac_override', '--inh-caps', '-all,+dac_override'];
  return [
    ...['--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--securebits', '+no_setuid_fixup'],
    ...[...rights, '--ambient-caps', '+dac_override'],
  ];
}

function prefixed(way: Launcher['way'], owner: Owner | null, prefix: string[]): Launcher {
  const [file, ...rest] = prefix;
  return {
    way,
    owner,
    command: (program, args) =>
      file === undefined ? { file: program, args, ids: {} } : { file, args: [...rest, program, ...args], ids: {} },
  };
}

function setuid(owner: Owner): Launcher {
  return { way: 'setuid', owner, command: (program, args) => ({ file: program, args, ids: owner }) };
}

export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

/** initdb wants a user that has a name, so a bare number would not do. */
function unprivilegedUser(): Owner {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = ['postgres', 'nobody'].map((name) => users.find((user) => user[0] === name)).find((user) => user);
  return { uid: Number(entry?.[2] ?? NOBODY), gid: Number(entry?.[3] ?? NOBODY) };
}
