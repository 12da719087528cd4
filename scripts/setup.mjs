// What stands between a fresh clone and a program that runs: packages, their allowed install scripts, the build.
// Each step first looks whether it is needed, so that "nothing to do" costs milliseconds.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pendingInstallScripts, runInstallScripts } from './install-scripts.mjs';
import { findNode } from './node.mjs';

const say = (line) => process.stderr.write(`planwright: ${line}\n`);

/** Installs and, if asked, builds what is missing or old. Returns the Node to run programs with. */
export async function setUp(root, { build }) {
  if (!isInstalled(root)) {
    await exclusively(root, () => {
      if (!isInstalled(root)) install(root);
    });
  }
  const node = findNode(root);
  if (pendingInstallScripts(root).length > 0) {
    await exclusively(root, () => runInstallScripts(pendingInstallScripts(root), node));
  }
  if (build && !isBuilt(root)) {
    await exclusively(root, () => {
      if (!isBuilt(root)) runBuild(root, node);
    });
  }
  return node;
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * npm notes in `node_modules/.package-lock.json` what it installed. Compared by content: the two files' times say
 * nothing after a `git checkout`. Optional packages may be absent (they belong to other platforms).
 */
function isInstalled(root) {
  const note = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = readJson(note).packages;
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    return found ? found.version === wanted.version : Boolean(wanted.optional);
  });
}

function install(root) {
  say('installing packages (npm ci); the first time this takes about a minute ...');
  // The npm that runs us, else the one on the PATH.
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error'];
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`npm ci failed${error ? ` (${error.message})` : ''}; its output is above.`);
}

/** What the last build was made from (a hash) and what it left behind (the projects with a `dist`). */
const noteFile = (root) => join(root, '.nx/planwright-built.json');

const projects = (root) =>
  [
    ...['libs', 'apps'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name))),
    join(root, 'e2e'),
  ].filter((folder) => existsSync(join(folder, 'src')));

const hasDist = (folder) => existsSync(join(folder, 'dist'));

function isBuilt(root) {
  const file = noteFile(root);
  if (!existsSync(file)) return false;
  const note = readJson(file);
  return note.sources === hashSources(root) && note.built.every((folder) => hasDist(join(root, folder)));
}

function runBuild(root, node) {
  say('building ...');
  // Taken before the build: what changes while it runs is built next time.
  const sources = hashSources(root);
  rmSync(noteFile(root), { force: true });
  const nx = join(root, 'node_modules/nx', readJson(join(root, 'node_modules/nx/package.json')).bin.nx);
  const bins = join(root, 'node_modules/.bin');
  const { status, stdout, stderr } = spawnSync(node, [nx, 'run-many', '-t', 'build'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bins}${delimiter}${process.env.PATH}` },
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    throw new Error('The build failed; its output is above.');
  }
  const built = projects(root)
    .filter(hasDist)
    .map((folder) => relative(root, folder));
  writeFileSync(noteFile(root), JSON.stringify({ sources, built }));
}

/** Over names, sizes and times of all that a build reads. A false alarm costs a build from Nx's cache. */
function hashSources(root) {
  const hash = createHash('sha256');
  for (const file of ['.swcrc', 'nx.json', 'package-lock.json']) hash.update(fingerprint(join(root, file)));
  for (const folder of projects(root)) {
    hash.update(fingerprint(join(folder, 'package.json')));
    for (const name of readdirSync(join(folder, 'src'), { recursive: true })) {
      if (!/\.(spec|contract)\.ts$/.test(name)) hash.update(fingerprint(join(folder, 'src', name)));
    }
  }
  return hash.digest('hex');
}

function fingerprint(path) {
  const stats = statSync(path);
  // A folder's own time changes with every file an editor puts beside the sources for a moment.
  return stats.isDirectory() ? '' : `${path} ${stats.size} ${stats.mtimeMs}\n`;
}

/** Two commands started at once on a fresh clone: one sets up, the other waits for it. */
async function exclusively(root, work) {
  const lock = join(root, '.nx/planwright-setup.lock');
  mkdirSync(join(root, '.nx'), { recursive: true });
  for (let waited = false; ; await sleep(200)) {
    try {
      const handle = openSync(lock, 'wx');
      writeFileSync(handle, String(process.pid));
      closeSync(handle);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else if (!waited) {
      say('another planwright command is setting this folder up; waiting for it ...');
      waited = true;
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAbandoned(lock) {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    // Opened but not written yet: its holder is alive.
    if (holder !== 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    // EPERM: somebody else's process, alive.
    return error.code !== 'EPERM';
  }
}
