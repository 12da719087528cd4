import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCatalogue } from './catalogue.js';
import type { Catalogue, SourceFile } from './catalogue.js';

/** The folder of the built-in catalogue: this package, whether the code runs from `src` or `dist`. */
export const BUILT_IN_DIR = fileURLToPath(new URL('..', import.meta.url));

/**
 * Reads the catalogue in a folder that has `blueprints/*.yaml` and `templates/**` + `/*.md`. Hidden files are skipped, any
 * other file is an error. The only place of this library that touches the disk; called once, at boot.
 */
export function loadCatalogue(dir: string = BUILT_IN_DIR): Catalogue {
  return parseCatalogue(readSources(dir));
}

/** The files of a catalogue, in order of their paths. */
export function readSources(dir: string = BUILT_IN_DIR): SourceFile[] {
  return ['blueprints', 'templates'].flatMap((folder) =>
    readdirSync(join(dir, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => ({ path: relative(dir, path).split(sep).join('/'), text: readFileSync(path, 'utf8') })),
  );
}
