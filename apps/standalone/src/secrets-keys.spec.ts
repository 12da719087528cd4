import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretsKeys } from './secrets-keys.js';

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'planwright-keys-'))));
afterEach(() => rm(dir, { recursive: true }));
const file = () => join(dir, 'secrets.key');

it('makes a key once, for its owner alone', async () => {
  const [key] = await secretsKeys(dir);
  expect(key).toHaveLength(32);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await readFile(file(), 'utf8')).toBe(`${key!.toString('base64')}\n`);
  expect(await secretsKeys(dir)).toEqual([key]);
});

it('takes those of the environment first, and still opens what the one of the folder sealed', async () => {
  const named = [Buffer.alloc(32, 1)];
  expect(await secretsKeys(dir, named)).toEqual(named);
  await expect(stat(file())).rejects.toThrow('ENOENT');
  const [key] = await secretsKeys(dir);
  expect(await secretsKeys(dir, named)).toEqual([...named, key]);
});

it('refuses a file that holds no key, and leaves it as it is', async () => {
  await writeFile(file(), 'half a k');
  await expect(secretsKeys(dir)).rejects.toThrow('does not hold a key');
  expect(await readFile(file(), 'utf8')).toBe('half a k');
});
