import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

interface Locked {
  version?: string;
  resolved?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}
type Lock = { packages: Record<string, Locked> };
const { packages } = readJson<Lock>('package-lock.json');
const { optionalDependencies, scripts } = readJson<{
  optionalDependencies: Record<string, string>;
  scripts: Record<string, string>;
}>('package.json');

test.each(['package-lock.json', 'bench/lighthouse/package-lock.json'])('%s names no download addresses', (path) => {
  const locked = Object.entries(readJson<Lock>(path).packages);
  expect(locked.length).toBeGreaterThan(100);
  expect(locked.filter(([, { resolved, link }]) => resolved !== undefined && !link)).toEqual([]);
});

describe('package-lock.json', () => {
  test('pins Node 24 exactly', () => {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      expect(name).toMatch(/^node-(linux|darwin|win)-(x64|arm64)$/);
      expect(version).toMatch(/^24\.\d+\.\d+$/);
      expect(packages[`node_modules/${name}`]?.version).toBe(version);
    }
  });

  // A platform that the registry did not have when the lock file was made is left out of it without a word, and
  // `npm ci` then refuses the lock file as a whole, on every platform.
  test('has the packages of every platform', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies: wanted = {} }]) =>
      Object.keys(wanted).filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });
});

test('npm reaches what it starts: the shell in between makes way', () => {
  const started = Object.entries(scripts).filter(([, command]) => command.includes('scripts/run.mjs'));
  expect(started.filter(([, command]) => !command.startsWith('exec '))).toEqual([]);
});
