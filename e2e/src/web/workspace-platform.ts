import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startStandalone } from '../standalone.js';
import type { Standalone } from '../standalone.js';

const PAGE = fileURLToPath(new URL('../../../apps/web/dist/index.html', import.meta.url));

/** The standalone platform with the built workspace at its address. */
export async function startWorkspace(env: Record<string, string> = {}): Promise<Standalone> {
  if (!existsSync(PAGE))
    throw new Error('apps/web is not built: run "npm run build" first (npm test does it by itself)');
  return startStandalone(env);
}
