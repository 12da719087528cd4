// Compares prompts.lock.json with the built-in catalogue (--check) or adds new versions to it (--write).
// Works on the build: `npm run lock -w @planwright/prompts` builds first.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { compareLock, extendLock, loadCatalogue, lockOf } from '../dist/index.js';

const file = new URL('../prompts.lock.json', import.meta.url);
const lock = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { blueprints: {}, partials: {}, templates: {} };
const now = lockOf(loadCatalogue());
const { changed, missing } = compareLock(lock, now);

if (changed.length > 0) {
  console.error(`Changed without a new version; raise "version" in each of them:\n  ${changed.join('\n  ')}`);
  process.exitCode = 1;
} else if (process.argv.includes('--write')) {
  writeFileSync(file, `${JSON.stringify(extendLock(lock, now), null, 2)}\n`);
  console.log(`prompts.lock.json: ${missing.length} new versions`);
} else if (missing.length > 0) {
  console.error(`Not in prompts.lock.json; run "npm run lock -w @planwright/prompts":\n  ${missing.join('\n  ')}`);
  process.exitCode = 1;
}
