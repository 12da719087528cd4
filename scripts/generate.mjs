// What stands in the tree but is derived from code. Without an argument it is written anew; with --check the copies in
// the tree are compared, and the answer names the command that repairs them; with --baseline the OpenAPI description
// becomes the one that later ones must not break, which is for a release. Works on the build.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asyncApiDocument, openApiDocument } from '@planwright/contracts';
import { transitionsDiagram } from '@planwright/plan';
import { openApiTypes } from '../libs/client/scripts/openapi-types.mjs';
import { configurationPage } from './configuration-page.mjs';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const release = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

if (process.argv.includes('--baseline')) {
  writeFileSync(join(root, 'libs/contracts/baseline/openapi.json'), json(openApiDocument(release)));
  process.stdout.write('written: libs/contracts/baseline/openapi.json\n');
  process.exit();
}

/** Files, and the functions that make their text. */
const files = {
  'docs/openapi.json': () => json(openApiDocument(release)),
  'libs/client/src/openapi.ts': () => openApiTypes(JSON.parse(json(openApiDocument(release)))),
  'docs/asyncapi.json': () => json(asyncApiDocument(release)),
  'docs/configuration.md': () => configurationPage(root),
  'docs/states.md': () =>
    `# States\n\nGenerated from the transitions in \`libs/plan\` by \`npm run generate\`.\n\n${transitionsDiagram()}`,
};

/** Programs that do the same for files with rules of their own. */
const programs = [
  // A published version of a prompt never changes, so its lock is extended, never rewritten.
  { file: 'libs/prompts/scripts/lock.mjs', write: '--write', check: '--check' },
];

const stale = [];
for (const [path, make] of Object.entries(files)) {
  const file = join(root, path);
  const text = await make();
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (check) {
    stale.push(path);
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stdout.write(`written: ${path}\n`);
  }
}

for (const { file, ...mode } of programs) {
  const { status } = spawnSync(process.execPath, [join(root, file), check ? mode.check : mode.write], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}

if (stale.length > 0) {
  process.stderr.write(`Not what the code says any more; run "npm run generate":\n  ${stale.join('\n  ')}\n`);
  process.exitCode = 1;
}
