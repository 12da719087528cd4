import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSourceChild, type SourceChild } from '@planwright/testing';
import { findProgram } from './launcher.js';
import { isAlive } from './process-table.js';
import { startEmbeddedPostgres } from './start-embedded-postgres.js';

/** A folder that others may enter, so that each user finds a place of their own in it. */
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pw-launcher-'));
  await chmod(dir, 0o755);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

if (process.platform === 'linux') {
  test('where nothing ties the server to its starter, the next start shuts the orphan down', async () => {
    const dataDir = join(dir, 'orphan');
    const child = await hold({ dataDir, programs: [] });
    expect(await child.nextLine()).toBe('ready');
    const orphan = Number((await readFile(join(dataDir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    await child.kill('SIGKILL');
    expect(isAlive(orphan)).toBe(true);

    const lines: string[] = [];
    const server = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
    await server.stop();
    expect(lines[0]).toBe(`a server without an owner runs in ${dataDir} (process ${orphan}); shutting it down`);
    expect(isAlive(orphan)).toBe(false);
  });
}

/** Other users can start it only where they can read it: not in a clone in root's own folder. */
const othersCanRead = [process.execPath, import.meta.filename].every(
  (path) =>
    spawnSync(findProgram('setpriv') ?? 'sh', ['--reuid', '65534', '--clear-groups', 'test', '-r', path]).status === 0,
);

if (process.platform === 'linux' && process.getuid?.() === 0 && othersCanRead) {
  test('root has three ways to run the server, and the data goes from one to the other', async () => {
    const dataDir = join(dir, 'three ways');
    const owners: number[] = [];
    for (const programs of [['setpriv', 'unshare'], ['unshare'], [], ['setpriv']]) {
      const child = await hold({ dataDir, programs });
      expect(await child.nextLine()).toBe('ready');
      owners.push((await stat(join(dataDir, 'data', 'global', 'pg_control'))).uid);
      await child.kill('SIGTERM');
    }
    expect(owners.map((uid) => uid === 0)).toEqual([false, true, false, false]);
  });

  test('root starts on the data of an ordinary user, and it stays that user’s', async () => {
    const dataDir = await folderOf(65534, 'sudo');
    for (const uid of [65534, 0, 65534]) {
      const child = await hold({ dataDir, uid });
      expect(await child.nextLine()).toBe('ready');
      await child.kill('SIGTERM');
      expect((await stat(join(dataDir, 'data', 'global', 'pg_control'))).uid).toBe(65534);
    }
  });

  test('an ordinary user without a name starts it: containers have such users', async () => {
    const dataDir = await folderOf(4242, 'nameless');
    const child = await hold({ dataDir, uid: 4242 });
    expect(await child.nextLine()).toBe('ready');
    await child.kill('SIGTERM');
  });

  test('a folder of somebody else is refused with its name and the user’s', async () => {
    const dataDir = join(dir, 'somebody else’s');
    await mkdir(dataDir, { mode: 0o700 });
    const child = await hold({ dataDir, uid: 65534 });
    expect(await child.nextLine()).toContain(
      `The folder ${dataDir}, where the database is kept, cannot be used by user nobody (EPERM`,
    );
  });
}

async function folderOf(uid: number, name: string): Promise<string> {
  const path = join(dir, name);
  await mkdir(path, { mode: 0o700 });
  await chown(path, uid, uid);
  return path;
}

/** Starts the server in a process of its own, as `uid`, with only these programs on the path. SIGTERM stops both. */
async function hold(options: { dataDir: string; uid?: number; programs?: string[] }): Promise<SourceChild> {
  const { dataDir, uid, programs } = options;
  const code = `
    import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    try {
      const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => {} });
      process.on('SIGTERM', () => server.stop().then(() => process.exit()));
      console.log('ready');
    } catch (error) {
      console.log(error.message);
    }`;
  const env = programs ? { PATH: await pathWith(programs) } : process.env;
  return startSourceChild(uid === undefined ? { code, env } : { code, env, uid });
}

async function pathWith(programs: string[]): Promise<string> {
  const path = await mkdtemp(join(dir, 'bin-'));
  await chmod(path, 0o755);
  for (const name of programs) await symlink(findProgram(name) ?? name, join(path, name));
  return path;
}
