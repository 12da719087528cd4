import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CatalogueError,
  compareLock,
  extendLock,
  loadCatalogue,
  lockOf,
  ownLock,
  problemLine,
} from '@planwright/prompts';
import type { Catalogue, Lock, OwnItem } from '@planwright/prompts';
import type { Command } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { count, manyLines } from '../text.js';

const NOTHING: Lock = { blueprints: {}, partials: {}, templates: {} };

/** Prints what is wrong with a folder of blueprints, or how much is in it; exit code 1 where something is. */
export function checkBlueprints(
  { dir, lock, json }: Extract<Command, { name: 'blueprints check' }>,
  { out }: Pick<Terminal, 'out'>,
): number {
  try {
    const catalogue = loadCatalogue(dir);
    if (lock) writeLock(dir, catalogue);
    const left = unlocked(dir, catalogue);
    out(json ? asJson({ ok: true, items: catalogue.own, unlocked: left }) : goodReport(dir, catalogue.own, left));
    return 0;
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    const { problems } = error;
    const lines = [...problems.map(problemLine), '', `${dir}: ${count(problems.length, 'problem')}.`];
    out(json ? asJson({ ok: false, problems }) : `${manyLines(lines.join('\n'))}\n`);
    return 1;
  }
}

function goodReport(dir: string, items: readonly OwnItem[], left: readonly string[]): string {
  const counts = (['blueprint', 'template', 'partial'] as const).flatMap((kind) => {
    const n = items.filter((item) => item.kind === kind).length;
    return n > 0 || kind !== 'partial' ? [count(n, kind)] : [];
  });
  const replaced = items
    .filter(({ replaces }) => replaces !== null)
    .map(
      ({ kind, id, version, replaces }) => `  ${kind} ${id} version ${version}, in place of the built-in ${replaces}`,
    );
  const open = left.length > 0 ? [`Not in prompts.lock.json yet (--lock adds them): ${left.join(', ')}.`] : [];
  return `${manyLines([`${dir}: ${counts.join(', ')}, all good.`, ...replaced, ...open].join('\n'))}\n`;
}

function writeLock(dir: string, catalogue: Catalogue): void {
  const lock = extendLock(ownLock(dir) ?? NOTHING, lockOf(catalogue, catalogue.own));
  writeFileSync(join(dir, 'prompts.lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
}

/** Versions that a lock file, where there is one, does not hold. */
function unlocked(dir: string, catalogue: Catalogue): string[] {
  const lock = ownLock(dir);
  return lock === null ? [] : compareLock(lock, lockOf(catalogue, catalogue.own)).missing;
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
