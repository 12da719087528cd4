import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { instrument } from './instrument.js';
import { PLACES, ROLES } from './places.js';
import type { Place, Role } from './places.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface CrashPoint {
  role: Role;
  name: string;
  /** The built file without `dist` and extension: `apps/orchestrator/runs/advance-run`. */
  file: string;
}

/** What the processes of a role run instead of their built files. */
export interface InstrumentedRole {
  points: readonly CrashPoint[];
  /** Code by the file's URL. */
  sources: Readonly<Record<string, string>>;
}

/** Every crash point there is, derived from the code as it is built. */
export function listCrashPoints(): CrashPoint[] {
  return ROLES.flatMap((role) => [...instrumentRole(role).points]);
}

/** Throws when a place does not exist or has no point: then the list of places is out of date. */
export function instrumentRole(role: Role): InstrumentedRole {
  const points: CrashPoint[] = [];
  const sources: Record<string, string> = {};
  for (const place of PLACES[role]) {
    const before = points.length;
    for (const path of filesOf(place)) {
      const file = path.replace('/dist/', '/').replace(/\.js$/, '');
      const { code, points: names } = instrument(readFileSync(join(ROOT, path), 'utf8'), file);
      if (names.length === 0) continue;
      points.push(...names.map((name) => ({ role, name, file })));
      sources[pathToFileURL(join(ROOT, path)).href] = code;
    }
    if (points.length === before) throw new Error(`${place.path} has nothing that is awaited`);
  }
  return { points, sources };
}

function filesOf({ path, without = {} }: Place): string[] {
  if (exists(path).isFile()) return [path];
  const excluded = Object.keys(without).map((part) => `${path}/${part}`);
  for (const part of excluded) exists(part);
  return globSync(`${path}/**/*.js`, { cwd: ROOT })
    .filter((file) => !excluded.some((part) => file === part || file.startsWith(`${part}/`)))
    .sort();
}

function exists(path: string) {
  const stats = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (!stats) throw new Error(`${path} is listed in places.ts and not there: is it built, or has it moved?`);
  return stats;
}
