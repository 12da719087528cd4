import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { BootError, readSecretsKeys } from '@planwright/runtime';

const FILE = 'secrets.key';
const KEY_BYTES = 32;

/**
 * The keys that secrets are sealed with: those of the environment, and then the one in the data folder, which still opens
 * what it sealed. Without any in the environment the folder gets one, readable by its owner alone. Only one process at a
 * time uses a data folder.
 */
export async function secretsKeys(dataDir: string, named: readonly Buffer[] = []): Promise<readonly Buffer[]> {
  const file = join(dataDir, FILE);
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new BootError(`The key of the secrets can't be read: ${error.message}.`);
  });
  if (kept !== null) {
    const keys = readSecretsKeys(kept.trim());
    if (!keys) throw new BootError(`${file} does not hold a key: 32 bytes in base64. Put the one back that was there.`);
    return [...named, ...keys];
  }
  if (named.length > 0) return named;
  const key = randomBytes(KEY_BYTES);
  // Whole or not at all: secrets that are sealed with half a key that was kept would be lost.
  const made = await open(`${file}.new`, 'w', 0o600);
  await made.writeFile(`${key.toString('base64')}\n`);
  await made.sync();
  await made.close();
  await rename(`${file}.new`, file);
  return [key];
}
