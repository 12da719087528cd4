import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of the built workspace; null where it was not built. */
export function workspaceDir(): string | null {
  const dir = join(dirname(createRequire(import.meta.url).resolve('@planwright/web/package.json')), 'dist');
  return existsSync(join(dir, 'index.html')) ? dir : null;
}
