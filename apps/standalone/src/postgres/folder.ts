import { randomBytes } from 'node:crypto';
import { chmod, lchown, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresError, hasCode, messageOf } from './errors.js';
import { isAlive } from './process-table.js';

export interface Owner {
  uid: number;
  gid: number;
}

/**
 * What stands where in the folder given to `startEmbeddedPostgres`:
 * - `data/` is the cluster, owned by whoever the server runs as; in it, `planwright.password` (0600).
 * - `init-<pid>/` is a cluster being made. It becomes `data` by one rename, so a half-made one is never used, and of
 *   two processes that begin at the same time one wins and the other finds `data` there.
 * The folder itself is 0700 and belongs to whoever started Planwright: where the server has to run as `nobody`, no
 * other process of `nobody` gets to the data.
 */
export interface Folder {
  path: string;
  data: string;
  passwordFile: string;
}

export async function openFolder(path: string): Promise<Folder> {
  const data = join(path, 'data');
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
    await readdir(path);
    await readFile(join(data, 'PG_VERSION')).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
    });
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The folder ${path}, where the database is kept, cannot be used by ${currentUser()} (${messageOf(error)}): ` +
        'start Planwright as the user it belongs to, give it to this one with chown -R, or set PLANWRIGHT_DATA_DIR.',
      { cause: error },
    );
  }
  return { path, data, passwordFile: join(data, 'planwright.password') };
}

function currentUser(): string {
  try {
    return `user ${userInfo().username}`;
  } catch {
    return `user ${process.getuid?.() ?? '(unknown)'}`;
  }
}

/** The owner of the cluster, or null while there is none. */
export async function ownerOfData(folder: Folder): Promise<Owner | null> {
  try {
    const { uid, gid } = await stat(join(folder.data, 'PG_VERSION'));
    return { uid, gid };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Gives the cluster to the user the server will run as: only root can, and only root changes that user. */
export async function giveDataTo(folder: Folder, owner: Owner): Promise<void> {
  const present = await ownerOfData(folder);
  if (!present || present.uid === owner.uid) return;
  for (const entry of await readdir(folder.data, { recursive: true })) {
    await lchown(join(folder.data, entry), owner.uid, owner.gid);
  }
  await lchown(folder.data, owner.uid, owner.gid); // last: cut off before, the next start does it again
}

export async function readPassword(folder: Folder): Promise<string> {
  try {
    return (await readFile(folder.passwordFile, 'utf8')).trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The database's password file ${folder.passwordFile} cannot be read (${messageOf(error)}): ` +
        'start Planwright as the user it belongs to, or bring the file back from a backup.',
      { cause: error },
    );
  }
}

/** Makes the cluster with `initdb` unless there is one. `initdb` gets the folder to make and a file with the password. */
export async function makeCluster(
  folder: Folder,
  owner: Owner | null,
  initdb: (target: string, passwordFile: string) => Promise<void>,
): Promise<void> {
  await removeHalfMade(folder);
  const target = join(folder.path, `init-${process.pid}`);
  const passwordFile = `${target}.password`;
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (owner) await lchown(passwordFile, owner.uid, owner.gid);
  try {
    await initdb(target, passwordFile);
    await rename(passwordFile, join(target, 'planwright.password'));
    await rename(target, folder.data);
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    if ((await ownerOfData(folder)) === null) {
      throw new EmbeddedPostgresError(
        `The folder ${folder.data} should hold a database but holds something else: move it away.`,
      );
    }
  }
}

async function removeHalfMade(folder: Folder): Promise<void> {
  for (const name of await readdir(folder.path)) {
    const pid = /^init-(\d+)(\.password)?$/.exec(name)?.[1];
    const abandoned = pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)));
    if (abandoned) await rm(join(folder.path, name), { recursive: true, force: true });
  }
}
