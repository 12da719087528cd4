import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BUGS, withBug } from './bugs.mjs';

const root = join(import.meta.dirname, '../..');

test.each(BUGS.map((bug) => [bug.name, bug] as const))('the place of "%s" is still there, once', (_name, bug) => {
  for (const { file } of [bug, ...(bug.also ? [bug.also] : [])]) {
    const text = readFileSync(join(root, file), 'utf8');
    expect(withBug(bug, file, text)).not.toBe(text);
  }
});

test('there are at least ten, and no two of a name', () => {
  expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
  expect(BUGS.length).toBeGreaterThanOrEqual(10);
});
