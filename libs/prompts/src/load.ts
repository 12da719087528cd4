import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCatalogue } from './catalogue.js';
import type { Catalogue, SourceFile } from './catalogue.js';
import { checkLock, lockOf, readLock } from './lock.js';
import type { Lock } from './lock.js';
import { CatalogueError } from './problems.js';
import type { SourceProblem } from './problems.js';

/** The folder of the built-in catalogue: this package, whether the code runs from `src` or `dist`. */
export const BUILT_IN_DIR = fileURLToPath(new URL('..', import.meta.url));

const FOLDERS = ['blueprints', 'templates'];
const LOCK = 'prompts.lock.json';

/**
 * The built-in catalogue, and over it that of a team's own folder: files with the path of a built-in one take its place,
 * others are added. Where the folder has a `prompts.lock.json`, no version in it may have changed. Throws one
 * `CatalogueError` with every problem. The only place of this library that touches the disk; called once, at boot.
 */
export function loadCatalogue(ownDir?: string): Catalogue {
  if (ownDir === undefined) return parseCatalogue(readSources());
  const own = readSources(ownDir, ownDir);
  if (own.length === 0) {
    refuse(ownDir, 'there is nothing in blueprints/ or templates/ of this folder, or there is no such folder');
  }
  const catalogue = parseCatalogue(readSources(), own);
  const lock = ownLock(ownDir);
  const problems = lock === null ? [] : checkLock(lock, lockOf(catalogue, catalogue.own), join(ownDir, LOCK));
  if (problems.length > 0) throw new CatalogueError(problems);
  return catalogue;
}

/** The lock file of a team's own folder; null where it keeps none. */
export function ownLock(dir: string): Lock | null {
  const file = join(dir, LOCK);
  const text = readIfThere(file);
  if (text === null) return null;
  return readLock(text, file);
}

/**
 * The files in `blueprints/` and `templates/` of a folder, in order of their paths; a folder may have one of the two.
 * Hidden files and folders are skipped; links are followed, as mounted configuration consists of them. `name` is what
 * people know the folder by; default: nothing, as for what is built in. Throws `CatalogueError` for what is no text.
 */
export function readSources(dir: string = BUILT_IN_DIR, name?: string): SourceFile[] {
  const problems: SourceProblem[] = [];
  const sources = FOLDERS.flatMap((folder) => filesIn(join(dir, folder))).map((file): SourceFile => {
    const path = relative(dir, file).split(sep).join('/');
    const shown = name === undefined ? path : join(name, path);
    const { text, message } = textOf(file);
    if (message !== null) problems.push({ file: shown, line: 1, column: 1, message });
    return { path, text, ...(name !== undefined && { name: shown }) };
  });
  if (problems.length > 0) throw new CatalogueError(problems);
  return sources;
}

function filesIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(^|[\\/])\./.test(relative(folder, path)))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? true)
    .sort();
}

function textOf(file: string): { text: string; message: string | null } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
    return { text, message: null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
    return { text: '', message: isText ? `this can't be read: ${message}` : 'this is not text in UTF-8' };
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function refuse(file: string, message: string): never {
  throw new CatalogueError([{ file, line: 1, column: 1, message }]);
}
