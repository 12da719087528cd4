// `npm start`, `npm run plan`, `npm test` and their like, on a fresh clone too: node scripts/run.mjs <what> [arguments]
// Sets up what is missing, then runs the program with the pinned Node; signals and the exit code pass through.
// Runs before anything is installed, on any Node from 20: built-ins only.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ended, endLike, passSignals, startNode } from './children.mjs';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const app = (name) => ({ file: `apps/${name}/dist/main.js`, build: true });
const jest = (build, ...args) => ({
  file: 'node_modules/jest/bin/jest.js',
  // Two workers: more only compete with the servers under test. The warning is about the flag itself. Jest maps what it shows
  // to sources by itself: Node would read the map of every module again for every test file.
  nodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  args: ['--maxWorkers=2', ...args],
  build,
});

const targets = {
  start: app('standalone'),
  'start:gateway': app('gateway'),
  'start:orchestrator': app('orchestrator'),
  'start:generator': app('generator'),
  'start:notifier': app('notifier'),
  'start:distributed': { file: 'scripts/distributed.mjs', build: true },
  migrate: { file: 'apps/orchestrator/dist/migrate.js', build: true },
  plan: app('cli'),
  ops: app('ops'),
  bench: { file: 'bench/dist/main.js', build: true },
  test: jest(true),
  'test:unit': jest(false, '--selectProjects', 'unit', '--'),
  'test:int': jest(false, '--selectProjects', 'int', '--'),
  'test:e2e': jest(true, '--selectProjects', 'e2e', '--'),
  'test:long': { ...jest(true), env: { TEST_LONG: '1' } },
  chaos: { file: 'e2e/dist/chaos/main.js', build: true },
  'test:bugs': { file: 'scripts/known-bugs/run.mjs' },
  // Installs, builds, and runs nothing.
  setup: { build: true },
};

const [what = '', ...given] = process.argv.slice(2);
const target = targets[what];
if (target === undefined) {
  process.stderr.write(`planwright: nothing is called "${what}"; there are ${Object.keys(targets).join(', ')}.\n`);
  process.exit(2);
}

try {
  const node = await setUp(root, target);
  if (target.file !== undefined) {
    const child = startNode(node, join(root, target.file), [...(target.args ?? []), ...given], {
      nodeArgs: target.nodeArgs,
      env: { ...process.env, ...target.env },
      cwd: root,
    });
    passSignals(() => [child]);
    await endLike(await ended(child));
  }
} catch (error) {
  process.stderr.write(`planwright: ${error.message}\n`);
  process.exit(1);
}
